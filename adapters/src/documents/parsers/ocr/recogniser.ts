import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';

/** A line of text in a picture, with its position in pixels from the upper left corner. */
interface RecognisedLine {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Whether a gap separates it from the line above. */
  readonly isFirst: boolean;
}

/** The recognised text of a picture: its size in pixels after rotation, and its lines in reading order. */
interface RecognisedPicture {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly RecognisedLine[];
}

/** Recognises text in pictures. */
export interface Recogniser {
  /** Errors: `document_damaged` if the picture cannot be decoded. */
  read(picture: Uint8Array): RecognisedPicture;
  /** Returns the picture as PNG, rotated as its metadata say. Errors: `document_damaged`. */
  draw(picture: Uint8Array): Uint8Array;
}

/** The members of the program that are used; its package has no types. */
interface Api {
  Init(path: null, languages: string, mode: number): number;
  SetImageFile(orientation: number, angle: number): number;
  Recognize(monitor: null): number;
  GetTSVText(page: number): string;
  WriteImage(type: number): void;
  Clear(): void;
}
interface Core {
  readonly FS: { writeFile(path: string, content: Uint8Array): void; readFile(path: string): Uint8Array };
  readonly TessBaseAPI: new () => Api;
}

const neural = 1;
const inColour = 0;
/** Lines with a lower confidence are noise of pictures, such as the grain of a photo. */
const leastConfidence = 50;
const inflate = promisify(gunzip);
const require = createRequire(import.meta.url);
const loaded = new Map<string, Promise<Recogniser>>();

/** Loads the recogniser once for each set of languages, such as `eng+deu`. Errors: `document_scanned` if a language is not installed. */
export function loadRecogniser(languages: string): Promise<Recogniser> {
  const known = loaded.get(languages) ?? load(languages);
  loaded.set(languages, known);
  return known;
}

async function load(languages: string): Promise<Recogniser> {
  const names = languages.split('+');
  const data = await Promise.all(names.map(languageData));
  const start = z.custom<(options: Record<string, unknown>) => Promise<Core>>((value) => typeof value === 'function');
  const create = start.parse(require('tesseract.js-core/tesseract-core-simd-lstm'));
  const core = await create({ print: () => undefined, printErr: () => undefined });
  for (const [index, name] of names.entries())
    core.FS.writeFile(`./${name}.traineddata`, data[index] ?? new Uint8Array());
  const api = new core.TessBaseAPI();
  if (api.Init(null, languages, neural) !== 0)
    throw new HeddleError('document_scanned', `Text recognition cannot start with '${languages}': check HEDDLE_OCR.`);
  return {
    read: (picture) =>
      withPicture(core, api, picture, () => {
        api.Recognize(null);
        return pictureOf(api.GetTSVText(0));
      }),
    draw: (picture) =>
      withPicture(core, api, picture, () => {
        api.WriteImage(inColour);
        return core.FS.readFile('/image.png');
      }),
  };
}

async function languageData(language: string): Promise<Uint8Array> {
  try {
    if (!/^[a-z_]{3,20}$/i.test(language)) throw new Error('no such name');
    const file = require.resolve(`@tesseract.js-data/${language}/4.0.0_best_int/${language}.traineddata.gz`);
    return await inflate(await readFile(file));
  } catch (cause) {
    throw new HeddleError(
      'document_scanned',
      `Text recognition has no data for the language '${language}': install the package @tesseract.js-data/${language}, or change HEDDLE_OCR.`,
      { cause },
    );
  }
}

function withPicture<Value>(core: Core, api: Api, picture: Uint8Array, use: () => Value): Value {
  core.FS.writeFile('/input', picture);
  if (api.SetImageFile(orientationOf(picture), 0) !== 0)
    throw new HeddleError('document_damaged', 'The picture cannot be decoded: open it in a viewer and save it as PNG.');
  try {
    return use();
  } finally {
    api.Clear();
    core.FS.writeFile('/input', new Uint8Array());
  }
}

/** The orientation of the camera, from the first bytes of a JPEG. */
function orientationOf(picture: Uint8Array): number {
  const head = Buffer.from(picture.subarray(0, 500));
  for (const tag of [Buffer.from([1, 18, 0, 3, 0, 0, 0, 1, 0]), Buffer.from([18, 1, 3, 0, 1, 0, 0, 0])]) {
    const at = head.indexOf(tag);
    const value = at < 0 ? 0 : (head[at + tag.length] ?? 0);
    if (value >= 1 && value <= 8) return value;
  }
  return 1;
}

interface OpenLine {
  readonly key: string;
  readonly paragraph: string;
  readonly words: string[];
  readonly confidences: number[];
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The first row of the program's table has the size of the picture. */
function pictureOf(table: string): RecognisedPicture {
  const page = table.split('\n').find((row) => row.startsWith('1\t'));
  const [width = 0, height = 0] = (page?.split('\t') ?? []).slice(8, 10).map(Number);
  return { width, height, lines: linesOf(table) };
}

/** Reads lines from the program's table of words: level, page, block, paragraph, line, word, left, top, width, height, confidence, text. */
function linesOf(table: string): readonly RecognisedLine[] {
  const lines: OpenLine[] = [];
  for (const row of table.split('\n')) {
    const cells = row.split('\t');
    const text = cells[11]?.trim() ?? '';
    if (cells[0] !== '5' || text === '') continue;
    const [left = 0, top = 0, width = 0, height = 0, confidence = 0] = cells.slice(6, 11).map(Number);
    const key = cells.slice(1, 5).join('.');
    const open = lines.at(-1);
    const line =
      open?.key === key
        ? open
        : { key, paragraph: cells.slice(1, 4).join('.'), words: [], confidences: [], left, top, right: 0, bottom: 0 };
    if (line !== open) lines.push(line);
    line.words.push(text);
    line.confidences.push(confidence);
    line.left = Math.min(line.left, left);
    line.top = Math.min(line.top, top);
    line.right = Math.max(line.right, left + width);
    line.bottom = Math.max(line.bottom, top + height);
  }
  return lines
    .filter(({ words, confidences }) => /[\p{L}\p{N}]/u.test(words.join('')) && mean(confidences) >= leastConfidence)
    .map(({ words, left, top, right, bottom, paragraph }, index, kept) => ({
      text: words.join(' '),
      left,
      top,
      right,
      bottom,
      isFirst: kept[index - 1]?.paragraph !== paragraph,
    }));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

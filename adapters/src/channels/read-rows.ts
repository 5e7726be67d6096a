import { HeddleError, isPlainObject, mostValues, parseJsonSteps, sizeWithin } from '@heddle/core';
import { pipeline, Readable } from 'node:stream';
import { inSlices, yieldToEventLoop } from '../event-loop/in-slices.js';

/** A row of a table or of JSONL, by column or member name. */
export type GivenRow = Readonly<Record<string, unknown>>;

export const mostRows = 100_000;

/** The most columns of a table, and the most values of all its rows: they are all in memory at once. */
const mostColumns = 10_000;
const mostCells = 5_000_000;
const longestLine = 10_000_000;
/** Bytes that are decoded without a pause. */
const stretch = 64 * 1024;
/** Bytes from the beginning of a file that are used to guess its encoding for an error message. */
const sampleBytes = 4096;

/**
 * Reads the rows of a batch: JSONL with one object a line, or CSV whose first line names the columns. The file is read as it arrives, and
 * only its rows are kept. Errors: `batch_invalid` with the row.
 *
 * @example await readRows([Buffer.from('question\nWhy?\n')], 'questions.csv') // [{ question: 'Why?' }]
 */
export async function readRows(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
): Promise<readonly GivenRow[]> {
  const rows: GivenRow[] = [];
  let cells = 0;
  for await (const { row, size } of streamRows(content, name)) {
    rows.push(row);
    cells += size;
    if (rows.length > mostRows) throw invalid(`The file has more than ${formatCount(mostRows)} rows: split it.`);
    if (cells > mostCells)
      throw invalid(`The rows have more than ${formatCount(mostCells)} values together: split the file.`);
  }
  if (rows.length === 0) throw invalid('The file has no rows.');
  return rows;
}

/** Yields the same rows one by one, however many there are. Errors: `batch_invalid` with the line. */
export async function* streamRows(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
): AsyncGenerator<SizedRow, void, void> {
  const pieces = textOf(content);
  const begun = await pieces.next();
  const first = begun.done === true ? '' : begun.value;
  const isJson = /\.(?:jsonl|ndjson|json)$/i.test(name) || (!/\.(?:csv|tsv)$/i.test(name) && /^\s*\{/.test(first));
  const all = withFirst(first, pieces);
  yield* isJson ? readLines(all) : readTable(first, all);
}

/** A row, its number of values, and the line of the file on which it ends. */
interface SizedRow {
  readonly row: GivenRow;
  readonly size: number;
  readonly line: number;
}

const formatCount = (count: number): string => count.toLocaleString('en');

async function* withFirst(first: string, rest: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  yield first;
  yield* rest;
}

/**
 * Decodes UTF-8, or UTF-16 with a byte order mark. No other encoding is guessed, because a wrong guess would start runs with wrong text.
 * Errors: `batch_invalid`.
 */
async function* textOf(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string, void, void> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let sample: Uint8Array = new Uint8Array();
  for await (const piece of piecesOf(content)) {
    if (decoder === undefined) {
      decoder = new TextDecoder(encodingOf(piece), { fatal: true });
      sample = piece;
    }
    yield await decoded(sample, decoder, piece);
    await yieldToEventLoop();
  }
  if (decoder !== undefined) yield await decoded(sample, decoder, undefined);
}

/** Splits the content into pieces that are decoded without a pause; the first is long enough to guess the encoding from. */
async function* piecesOf(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let held: Uint8Array = new Uint8Array();
  let isFirst = true;
  for await (const chunk of content) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (isFirst && held.length < sampleBytes) continue;
    isFirst = false;
    for (let from = 0; from < held.length; from += stretch) yield held.subarray(from, from + stretch);
    held = new Uint8Array();
  }
  if (held.length > 0) yield held;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

/** The text of the next piece; without a piece, the rest that the decoder still holds. */
async function decoded(
  sample: Uint8Array,
  decoder: InstanceType<typeof TextDecoder>,
  piece: Uint8Array | undefined,
): Promise<string> {
  try {
    const text = piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    // UTF-16 text in some alphabets is valid UTF-8, but full of control characters.
    if (/[\0-\b]/.test(text)) throw new HeddleError('document_type', 'It has control characters, which no text has.');
    return text;
  } catch (cause) {
    const { guessEncoding } = await import('../documents/kinds/guess-encoding.js');
    const seeming = guessEncoding(sample);
    throw invalid(
      seeming === undefined
        ? 'The file is not UTF-8 text: save it as UTF-8.'
        : `The file is not UTF-8 text, and seems to be ${seeming}: save it as UTF-8.`,
      cause,
    );
  }
}

async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<SizedRow, void, void> {
  for await (const { line, number } of linesOf(pieces)) {
    let row: unknown;
    try {
      row = await inSlices(parseJsonSteps(line, mostValues.inputs));
    } catch (cause) {
      const why = cause instanceof HeddleError ? `cannot be read: ${cause.message}` : 'is not JSON.';
      throw invalid(`Line ${number} ${why}`, cause);
    }
    if (!isPlainObject(row)) throw invalid(`Line ${number} is not a JSON object.`);
    yield { row, size: sizeWithin(row, { values: Infinity, characters: Infinity })?.values ?? 0, line: number };
  }
}

interface NumberedLine {
  readonly line: string;
  readonly number: number;
}

/** Reads the non-empty lines of a text. Errors: `batch_invalid` if it is not text, or a line is too long. */
export const streamLines = (
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<NumberedLine, void, void> => linesOf(textOf(content));

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<NumberedLine, void, void> {
  let number = 1;
  let begun: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const lines = piece.split('\n');
    for (const [index, part] of lines.entries()) {
      if (part === '' && begun.length === 0 && index < lines.length - 1) {
        number += 1;
        continue;
      }
      begun.push(part);
      length += part.length;
      if (length > longestLine) throw invalid(`A line has more than ${formatCount(longestLine)} characters.`);
      if (index === lines.length - 1) break;
      const line = begun.join('');
      if (line.trim() !== '') yield { line, number };
      number += 1;
      begun = [];
      length = 0;
    }
  }
  const line = begun.join('');
  if (line.trim() !== '') yield { line, number };
}

async function* readTable(first: string, pieces: AsyncIterable<string>): AsyncGenerator<SizedRow, void, void> {
  const { parse } = await import('csv-parse');
  const head = first.slice(0, first.search(/\r?\n|$/));
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: head.split(delimiter).length }));
  const { delimiter, count } = counts.reduce((best, next) => (next.count > best.count ? next : best));
  // A cell may contain the delimiter too, so this refuses only if there are far too many.
  if (count > 2 * mostColumns) throw tooManyColumns(count);
  let size = 0;
  const columns = (names: string[]): string[] => {
    size = names.length;
    if (size > mostColumns) throw tooManyColumns(size);
    const seen = new Set<string>();
    for (const name of names) {
      if (name !== '' && seen.has(name)) throw invalid(`Two columns are called '${name}': give each its own name.`);
      seen.add(name);
    }
    return names;
  };
  const options = { columns, bom: true, delimiter, skip_empty_lines: true, info: true, max_record_size: longestLine };
  try {
    const parser = parse(options);
    // The pipeline passes the reason for refusing a file to the parser, and so to the caller that reads its rows.
    pipeline(Readable.from(pieces), parser, () => undefined);
    for await (const { record, info } of parser as AsyncIterable<ParsedRow>)
      yield { row: record, size, line: info.lines };
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    throw invalid(`The table cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, cause);
  }
}

/** A record as csv-parse returns it with the option `info`. */
interface ParsedRow {
  readonly record: GivenRow;
  readonly info: { readonly lines: number };
}

const tooManyColumns = (count: number): HeddleError =>
  invalid(`The table has ${formatCount(count)} columns or more; at most ${formatCount(mostColumns)} are allowed.`);

function invalid(message: string, cause?: unknown): HeddleError {
  return new HeddleError('batch_invalid', message, cause === undefined ? {} : { cause });
}

import { HeddleError, type ParsedDocument } from '@heddle/core';
import { mediaTypes } from '../../kinds/kinds.js';
import { createMarkdownWriter } from '../markdown-writer.js';
import { slideDocument, type SlideText } from '../slides.js';
import { oleTitle } from './ole-title.js';
import { damaged, openOle } from './open-ole.js';
import { childrenOf, findRecords, recordAt, type PptRecord } from './ppt-records.js';

// The format's codes for kinds of records.
const kinds = {
  slideAtom: 1007,
  persist: 1011,
  outlineRef: 3998,
  header: 3999,
  chars: 4000,
  bytes: 4008,
  placeholder: 3011,
  list: 4080,
  userEdit: 4085,
  directory: 6002,
  shape: 0xf004,
  textBox: 0xf00d,
} as const;

/** Placeholders that every slide repeats: date, number, footer and header. */
const repeated: ReadonlySet<number> = new Set([7, 8, 9, 10]);
const titleKinds: ReadonlySet<number> = new Set([0, 6]);
const bodyKinds: ReadonlySet<number> = new Set([1, 5, 7, 8]);

interface Text {
  /** The kind of placeholder that contains it. */
  readonly kind: number;
  readonly text: string;
}

interface ListedSlide {
  readonly persist: number;
  readonly id: number;
  readonly texts: readonly Text[];
}

/** Converts a PowerPoint 97 presentation to Markdown: a heading and a page for each slide, with the speaker's notes. */
export function parsePpt(bytes: Uint8Array): ParsedDocument {
  const ole = openOle(bytes);
  const stream = ole.read('PowerPoint Document');
  const user = ole.read('Current User');
  if (stream === undefined || user === undefined || user.length < 20) throw damaged('it has no presentation');
  if (user.readUInt32LE(12) === 0xf3d1c4df)
    throw new HeddleError(
      'document_encrypted',
      'The presentation is protected by a password: save it without one and try again.',
    );
  const { offsets, document } = readDirectory(stream, user.readUInt32LE(16));
  const root = recordAt(stream, offsets.get(document) ?? -1);
  if (root === undefined) throw damaged('it has no list of slides');
  const lists = childrenOf(root).filter(({ type }) => type === kinds.list);
  const notes = listedSlides(lists.find(({ instance }) => instance === 2));
  const slides = listedSlides(lists.find(({ instance }) => instance === 0)).map((listed): SlideText => {
    const record = recordAt(stream, offsets.get(listed.persist) ?? -1);
    const texts = record === undefined ? listed.texts : textsOf(record, listed.texts);
    const notesId = record === undefined ? 0 : notesIdOf(record);
    const note = notesId === 0 ? undefined : notes.find(({ id }) => id === notesId);
    const noteRecord = note === undefined ? undefined : recordAt(stream, offsets.get(note.persist) ?? -1);
    return {
      title: texts
        .filter(({ kind }) => titleKinds.has(kind))
        .map(({ text }) => text.replace(/\s+/g, ' ').trim())
        .join(' ')
        .trim(),
      body: writeTexts(texts.filter(({ kind }) => !titleKinds.has(kind))),
      notes: noteRecord === undefined ? '' : writeTexts(textsOf(noteRecord, note?.texts ?? [])),
    };
  });
  return slideDocument(slides, mediaTypes.ppt, oleTitle(ole));
}

/** The offset of each part of the presentation, after all saved changes. */
function readDirectory(
  stream: Buffer,
  last: number,
): { readonly offsets: ReadonlyMap<number, number>; readonly document: number } {
  const offsets = new Map<number, number>();
  const seen = new Set<number>();
  let document: number | undefined;
  for (let at = last; at > 0 || seen.size === 0;) {
    if (seen.has(at)) throw damaged('its list of changes is circular');
    seen.add(at);
    const edit = recordAt(stream, at);
    if (edit?.type !== kinds.userEdit || edit.data.length < 20) throw damaged('its list of changes is cut off');
    document ??= edit.data.readUInt32LE(16);
    const directory = recordAt(stream, edit.data.readUInt32LE(12));
    if (directory?.type === kinds.directory) readOffsets(directory.data, offsets);
    at = edit.data.readUInt32LE(8);
  }
  return { offsets, document: document ?? 0 };
}

/** Later changes are read first and win. */
function readOffsets(data: Buffer, offsets: Map<number, number>): void {
  for (let at = 0; at + 4 <= data.length;) {
    const head = data.readUInt32LE(at);
    const count = head >>> 20;
    at += 4;
    for (let index = 0; index < count && at + 4 <= data.length; index += 1, at += 4) {
      const id = (head & 0xfffff) + index;
      if (!offsets.has(id)) offsets.set(id, data.readUInt32LE(at));
    }
  }
}

/** The slides of a list, each with its outline texts. */
function listedSlides(list: PptRecord | undefined): readonly ListedSlide[] {
  const slides: { persist: number; id: number; texts: Text[] }[] = [];
  let kind = 4;
  for (const record of list === undefined ? [] : childrenOf(list)) {
    if (record.type === kinds.persist && record.data.length >= 16)
      slides.push({ persist: record.data.readUInt32LE(0), id: record.data.readUInt32LE(12), texts: [] });
    else if (record.type === kinds.header && record.data.length >= 4) kind = record.data.readUInt32LE(0);
    else {
      const text = textOf(record);
      if (text !== undefined) slides.at(-1)?.texts.push({ kind, text });
    }
  }
  return slides;
}

function notesIdOf(slide: PptRecord): number {
  const atom = childrenOf(slide).find(({ type }) => type === kinds.slideAtom);
  return atom === undefined || atom.data.length < 20 ? 0 : atom.data.readUInt32LE(16);
}

/** The texts of the shapes of a slide. Shapes refer to outline texts by number. */
function textsOf(slide: PptRecord, outline: readonly Text[]): readonly Text[] {
  const texts: Text[] = [];
  const used = new Set<Text>();
  for (const shape of findRecords(slide, kinds.shape)) {
    const place = findRecords(shape, kinds.placeholder)[0];
    if (place !== undefined && place.data.length >= 5 && repeated.has(place.data[4] ?? 0)) continue;
    for (const box of findRecords(shape, kinds.textBox)) {
      let kind = 4;
      for (const record of childrenOf(box)) {
        if (record.type === kinds.header && record.data.length >= 4) kind = record.data.readUInt32LE(0);
        const listed =
          record.type === kinds.outlineRef && record.data.length >= 4
            ? outline[record.data.readUInt32LE(0)]
            : undefined;
        const text = textOf(record);
        if (listed !== undefined) {
          used.add(listed);
          texts.push(listed);
        } else if (text !== undefined) texts.push({ kind, text });
      }
    }
  }
  return [...texts, ...outline.filter((text) => !used.has(text))];
}

const textOf = ({ type, data }: PptRecord): string | undefined =>
  type === kinds.chars ? data.toString('utf16le') : type === kinds.bytes ? data.toString('latin1') : undefined;

function writeTexts(texts: readonly Text[]): string {
  const writer = createMarkdownWriter();
  for (const { kind, text } of texts)
    for (const line of text.split('\r')) {
      const bare = line.replace(/[\u000b\u0000-\u0008]/g, ' ').trim();
      // A star is a placeholder for a number or a date that PowerPoint fills in.
      if (bare === '*') continue;
      if (bodyKinds.has(kind)) writer.item(0, bare);
      else writer.paragraph(bare);
    }
  return writer.text();
}

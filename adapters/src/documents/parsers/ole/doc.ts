import { HeddleError, type ParsedDocument } from '@heddle/core';
import iconv from 'iconv-lite';
import { mediaTypes } from '../../kinds/kinds.js';
import { createDocumentBody } from '../document-body.js';
import { createMarkdownWriter } from '../markdown-writer.js';
import { parseMarkdown } from '../markdown.js';
import { paragraphProperties, type ParagraphProperties } from './doc-paragraphs.js';
import { createFieldFilter } from './doc-fields.js';
import { oleTitle } from './ole-title.js';
import { damaged, openOle, type Ole } from './open-ole.js';

/** A range of the text, and its location in the file. */
interface Piece {
  /** The position in the text, in characters. */
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  /** Bytes per character. */
  readonly width: 1 | 2;
}

/** The lengths of the parts of the text, in order. */
interface Lengths {
  readonly body: number;
  readonly footnotes: number;
  readonly edges: number;
  readonly macros: number;
  readonly comments: number;
  readonly endnotes: number;
  readonly boxes: number;
  readonly edgeBoxes: number;
}

/**
 * Converts a Word 97 document to Markdown: headers and footers once, then headings, lists, tables, notes and text boxes. Reviewers'
 * comments are left out.
 */
export function parseDoc(bytes: Uint8Array): ParsedDocument {
  const ole = openOle(bytes);
  const main = ole.read('WordDocument');
  if (main === undefined || main.length < 0x60) throw damaged('it has no text');
  const flags = main.readUInt16LE(0x0a);
  if ((flags & 0x0100) !== 0)
    throw new HeddleError(
      'document_encrypted',
      'The Word document is protected by a password: save it without one and try again.',
    );
  const text = main.readUInt16LE(2) < 0xc1 ? oldText(main, flags) : writeParts(main, ole, flags);
  const document = parseMarkdown(text, mediaTypes.doc);
  const title = document.title ?? oleTitle(ole);
  return title === undefined ? document : { ...document, title };
}

/** Word 6 and 95 store their text in one piece, unless the document was fast-saved. */
function oldText(main: Buffer, flags: number): string {
  if ((flags & 0x0004) !== 0)
    throw new HeddleError('document_type', 'This is a Word 6 document from a fast save: save it as docx.');
  const start = main.readUInt32LE(0x18);
  const end = main.readUInt32LE(0x1c);
  if (end < start || end > main.length) throw damaged('its text is cut off');
  const length = Math.min(main.readUInt32LE(0x34), end - start);
  return writeText(iconv.decode(main.subarray(start, start + length), 'windows-1252'), () => undefined);
}

function writeParts(main: Buffer, ole: Ole, flags: number): string {
  const table = ole.read((flags & 0x0200) === 0 ? '0Table' : '1Table');
  if (table === undefined || main.length < 0x1aa) throw damaged('the table of its text is missing');
  const pieces = readPieces(slice(table, main.readUInt32LE(0x1a2), main.readUInt32LE(0x1a6)));
  const properties = paragraphProperties(main, slice(table, main.readUInt32LE(0x102), main.readUInt32LE(0x106)));
  const lengths = readLengths(main);
  const partAt = (start: number, length: number): string => {
    const { text, places } = textOf(main, pieces, start, start + length);
    return writeText(text, (index) => properties(places(index)));
  };
  const { body, footnotes, edges, macros, comments, endnotes, boxes, edgeBoxes } = lengths;
  const notesStart = body;
  const edgesStart = notesStart + footnotes;
  const endnotesStart = edgesStart + edges + macros + comments;
  const boxesStart = endnotesStart + endnotes;
  const writer = createMarkdownWriter();
  const edgeText = [partAt(edgesStart, edges), partAt(boxesStart + boxes, edgeBoxes)].join('\n');
  for (const line of new Set(edgeText.split('\n')))
    if (/\p{L}/u.test(line) && !/^\W*(page|seite)\W*((of|von)\W*)?$/i.test(line)) writer.paragraph(line);
  writer.raw(partAt(0, body));
  for (const [start, length] of [
    [notesStart, footnotes],
    [endnotesStart, endnotes],
    [boxesStart, boxes],
  ] as const)
    writer.raw(partAt(start, length));
  return writer.text();
}

function readLengths(main: Buffer): Lengths {
  const [body, footnotes, edges, macros, comments, endnotes, boxes, edgeBoxes] = Array.from({ length: 8 }, (_, index) =>
    Math.max(0, main.readInt32LE(0x4c + index * 4)),
  );
  return {
    body: body ?? 0,
    footnotes: footnotes ?? 0,
    edges: edges ?? 0,
    macros: macros ?? 0,
    comments: comments ?? 0,
    endnotes: endnotes ?? 0,
    boxes: boxes ?? 0,
    edgeBoxes: edgeBoxes ?? 0,
  };
}

function slice(table: Buffer, start: number, length: number): Buffer {
  if (start + length > table.length) throw damaged('a table of its text is cut off');
  return table.subarray(start, start + length);
}

/** Reads the piece table, which follows the changes of fast saves. */
function readPieces(clx: Buffer): readonly Piece[] {
  let at = 0;
  while (clx[at] === 1 && at + 3 <= clx.length) at += 3 + clx.readUInt16LE(at + 1);
  if (clx[at] !== 2 || at + 5 > clx.length) throw damaged('its table of pieces is missing');
  const plc = clx.subarray(at + 5, at + 5 + clx.readUInt32LE(at + 1));
  const count = Math.max(0, Math.floor((plc.length - 4) / 12));
  return Array.from({ length: count }, (_, index) => {
    const position = plc.readUInt32LE((count + 1) * 4 + index * 8 + 2);
    const isNarrow = (position & 0x40000000) !== 0;
    return {
      start: plc.readUInt32LE(index * 4),
      end: plc.readUInt32LE(index * 4 + 4),
      offset: isNarrow ? (position & 0x3fffffff) >>> 1 : position,
      width: isNarrow ? 1 : 2,
    };
  });
}

/** The characters of a range, and the offset of each in the file. */
function textOf(
  main: Buffer,
  pieces: readonly Piece[],
  from: number,
  to: number,
): { readonly text: string; readonly places: (index: number) => number } {
  const parts: string[] = [];
  const runs: { readonly at: number; readonly offset: number; readonly width: number }[] = [];
  let length = 0;
  for (const { start, end, offset, width } of pieces) {
    const first = Math.max(start, from);
    const last = Math.min(end, to);
    if (first >= last) continue;
    const byte = offset + (first - start) * width;
    if (byte + (last - first) * width > main.length) throw damaged('its text is cut off');
    const bytes = main.subarray(byte, byte + (last - first) * width);
    const part = width === 1 ? iconv.decode(bytes, 'windows-1252') : bytes.toString('utf16le');
    runs.push({ at: length, offset: byte, width });
    parts.push(part);
    length += part.length;
  }
  let run = 0;
  return {
    text: parts.join(''),
    // The indexes must be requested in ascending order.
    places: (index) => {
      while ((runs[run + 1]?.at ?? Infinity) <= index) run += 1;
      const { at = 0, offset = 0, width = 1 } = runs[run] ?? {};
      return offset + (index - at) * width;
    },
  };
}

/** Writes paragraphs, cells and rows by the characters that end them, and the properties of each. */
function writeText(text: string, propertiesAt: (index: number) => ParagraphProperties | undefined): string {
  const body = createDocumentBody();
  const fields = createFieldFilter();
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (fields.take(text.charAt(index))) continue;
    if (code === 13 || code === 7 || code === 12) {
      const found = propertiesAt(index);
      const depth = Math.max(found?.tables ?? 0, code === 7 ? 1 : 0);
      if (found?.isRowEnd === true) body.row(Math.max(depth, 1));
      else if (code === 7 || found?.isCellEnd === true) body.cell(Math.max(depth, 1));
      else body.paragraph({ heading: found?.heading ?? 0, list: found?.list, tables: depth });
    } else if (code === 11 || code === 14) body.write('\n');
    else if (code === 9) body.write(' ');
    else if (code === 30) body.write('-');
    else if (code >= 32) body.write(text.charAt(index));
  }
  body.end();
  return body.text();
}

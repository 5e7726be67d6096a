import { HeddleError, type ParsedDocument } from '@heddle/core';
import iconv from 'iconv-lite';
import { mediaTypes } from '../../kinds/kinds.js';
import type { DocumentLimits } from '../../limits.js';
import { createRowWriter, type RowWriter } from '../rows.js';
import { createSheetWriter } from '../sheet-writer.js';
import { numberKind, writeNumber, type NumberKind } from '../xlsx/cell-formats.js';
import { biffRecords, BiffStrings } from './biff-records.js';
import { oleTitle } from './ole-title.js';
import { damaged, openOle } from './open-ole.js';

// The format's codes for kinds of records.
const kinds = {
  begin: 0x809,
  end: 0x0a,
  sheet: 0x85,
  strings: 0xfc,
  style: 0xe0,
  format: 0x41e,
  dates: 0x22,
  locked: 0x2f,
  codePage: 0x42,
  text: 0xfd,
  label: 0x204,
  richLabel: 0xd6,
  number: 0x203,
  short: 0x27e,
  shorts: 0xbd,
  formula: 0x06,
  formulaText: 0x207,
  truth: 0x205,
  merged: 0xe5,
} as const;

const errors: Readonly<Record<number, string>> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
};

interface Book {
  readonly isOld: boolean;
  readonly codePage: string;
  readonly strings: readonly string[];
  readonly styles: readonly NumberKind[];
  readonly is1904: boolean;
  readonly sheets: readonly { readonly name: string; readonly offset: number }[];
}

type Rows = Map<number, Map<number, string>>;

/** Converts an Excel 97 (or 95) workbook to rows, as newer ones: each visible sheet is a heading. */
export function parseXls(bytes: Uint8Array, limits: DocumentLimits): ParsedDocument {
  const ole = openOle(bytes);
  const stream = ole.read('Workbook') ?? ole.read('Book');
  if (stream === undefined) throw damaged('it has no workbook');
  const book = readBook(stream);
  const writer = createRowWriter(limits);
  for (const { name, offset } of book.sheets) writeSheet(readSheet(stream, offset, book, limits), name, writer);
  return writer.document(mediaTypes.xls, oleTitle(ole));
}

function writeSheet(rows: Rows, name: string, writer: RowWriter): void {
  const sheet = createSheetWriter(writer, name);
  for (const [row, cells] of [...rows].sort(([one], [other]) => one - other))
    sheet.row(row, new Map([...cells].sort(([one], [other]) => one - other)));
  sheet.end();
}

function readBook(stream: Buffer): Book {
  let isOld = false;
  let codePage = 'windows-1252';
  let strings: readonly string[] = [];
  let is1904 = false;
  const formats = new Map<number, string>();
  const styles: number[] = [];
  const sheets: { readonly name: string; readonly offset: number }[] = [];
  for (const { type, parts } of biffRecords(stream)) {
    const [part = Buffer.alloc(0)] = parts;
    if (type === kinds.begin && part.length >= 2) isOld = part.readUInt16LE(0) < 0x600;
    else if (type === kinds.locked)
      throw new HeddleError(
        'document_encrypted',
        'The workbook is protected by a password: save it without one and try again.',
      );
    else if (type === kinds.codePage && part.length >= 2) codePage = pageOf(part.readUInt16LE(0));
    else if (type === kinds.dates) is1904 = part[0] === 1;
    else if (type === kinds.strings) strings = sharedStrings(parts);
    else if (type === kinds.style && part.length >= 4) styles.push(part.readUInt16LE(2));
    else if (type === kinds.format && part.length >= 3)
      formats.set(part.readUInt16LE(0), isOld ? oldString(part, 2, 1, codePage) : new BiffStrings([part], 2).next(2));
    else if (type === kinds.sheet && part.length >= 8 && part[4] === 0 && part[5] === 0)
      sheets.push({
        offset: part.readUInt32LE(0),
        name: isOld ? oldString(part, 6, 1, codePage) : new BiffStrings([part], 6).next(1),
      });
    else if (type === kinds.end) break;
  }
  return { isOld, codePage, strings, is1904, sheets, styles: styles.map((id) => numberKind(id, formats.get(id))) };
}

const pageOf = (page: number): string => {
  const name = page === 1200 ? 'utf-16le' : page === 0x8000 || page === 10_000 ? 'macroman' : `cp${page}`;
  return iconv.encodingExists(name) && page !== 1200 ? name : 'windows-1252';
};

function oldString(part: Buffer, at: number, lengthBytes: 1 | 2, codePage: string): string {
  if (at + lengthBytes > part.length) return '';
  const length = lengthBytes === 1 ? part.readUInt8(at) : part.readUInt16LE(at);
  return iconv.decode(part.subarray(at + lengthBytes, at + lengthBytes + length), codePage);
}

function sharedStrings(parts: readonly Buffer[]): readonly string[] {
  const reader = new BiffStrings(parts, 8);
  const strings: string[] = [];
  // The record also states their number, which is not trusted.
  while (!reader.isEnd) strings.push(reader.next(2));
  return strings;
}

function readSheet(stream: Buffer, offset: number, book: Book, limits: DocumentLimits): Rows {
  const rows: Rows = new Map();
  let length = 0;
  let depth = 0;
  let pending: { readonly row: number; readonly column: number } | undefined;
  const put = (row: number, column: number, text: string): void => {
    const written = text.trim();
    if (written === '') return;
    length += written.length;
    if (length > limits.textLength)
      throw new HeddleError(
        'document_too_large',
        `Its text exceeds ${limits.textLength} characters: split it into smaller documents.`,
      );
    const cells = rows.get(row + 1) ?? new Map<number, string>();
    cells.set(column, written);
    rows.set(row + 1, cells);
  };
  for (const { type, parts } of biffRecords(stream, offset)) {
    const [part = Buffer.alloc(0)] = parts;
    if (type === kinds.begin) depth += 1;
    else if (type === kinds.end) {
      depth -= 1;
      if (depth <= 0) break;
    } else if (depth > 1)
      continue; // a chart within the sheet
    else if (type === kinds.merged) fillMerged(part, rows);
    else if (type === kinds.formulaText && pending !== undefined) {
      put(
        pending.row,
        pending.column,
        book.isOld ? oldString(part, 0, 2, book.codePage) : new BiffStrings(parts).next(2),
      );
      pending = undefined;
    } else if (part.length >= 6) {
      const row = part.readUInt16LE(0);
      const column = part.readUInt16LE(2);
      if (type === kinds.formula && part.length >= 14 && part.readUInt16LE(12) === 0xffff && part[6] === 0)
        pending = { row, column };
      else for (const [at, text] of cellTexts(type, part, parts, book)) put(row, column + at, text);
    }
  }
  return rows;
}

/** The texts of the cells in a record: one cell, or several neighbouring ones. */
function cellTexts(
  type: number,
  part: Buffer,
  parts: readonly Buffer[],
  book: Book,
): readonly (readonly [number, string])[] {
  const number = (value: number, style: number): string =>
    writeNumber(value, book.styles[style] ?? 'number', book.is1904);
  const style = part.readUInt16LE(4);
  switch (type) {
    case kinds.text:
      return part.length < 10 ? [] : [[0, book.strings[part.readUInt32LE(6)] ?? '']];
    case kinds.label:
    case kinds.richLabel:
      return [[0, book.isOld ? oldString(part, 6, 2, book.codePage) : new BiffStrings(parts, 6).next(2)]];
    case kinds.number:
      return part.length < 14 ? [] : [[0, number(part.readDoubleLE(6), style)]];
    case kinds.short:
      return part.length < 10 ? [] : [[0, number(shortNumber(part.readInt32LE(6)), style)]];
    case kinds.shorts:
      return Array.from({ length: Math.floor((part.length - 6) / 6) }, (_, index) => [
        index,
        number(shortNumber(part.readInt32LE(6 + index * 6)), part.readUInt16LE(4 + index * 6)),
      ]);
    case kinds.truth:
      return [[0, part[7] === 1 ? (errors[part[6] ?? 0] ?? '') : part[6] === 1 ? 'TRUE' : 'FALSE']];
    case kinds.formula:
      return part.length < 14 ? [] : [[0, formulaText(part, (value) => number(value, style))]];
    default:
      return [];
  }
}

function formulaText(part: Buffer, number: (value: number) => string): string {
  if (part.readUInt16LE(12) !== 0xffff) return number(part.readDoubleLE(6));
  if (part[6] === 1) return part[8] === 1 ? 'TRUE' : 'FALSE';
  return part[6] === 2 ? (errors[part[8] ?? 0] ?? '') : '';
}

/** Decodes a 30-bit number: the upper half of a double, or an integer; either may count hundredths. */
function shortNumber(bits: number): number {
  let value = bits >> 2;
  if ((bits & 2) === 0) {
    const double = Buffer.alloc(8);
    double.writeInt32LE(bits & ~3, 4);
    value = double.readDoubleLE(0);
  }
  return (bits & 1) === 0 ? value : value / 100;
}

const mostMergedRows = 10_000;

/** Copies the value of the first row of a merged block to its other rows. */
function fillMerged(part: Buffer, rows: Rows): void {
  for (let at = 2; at + 8 <= part.length; at += 8) {
    const first = part.readUInt16LE(at);
    const last = part.readUInt16LE(at + 2);
    const column = part.readUInt16LE(at + 4);
    const text = rows.get(first + 1)?.get(column);
    if (text === undefined) continue;
    for (let row = first + 1; row <= Math.min(last, first + mostMergedRows); row += 1) {
      const cells = rows.get(row + 1);
      if (cells !== undefined && !cells.has(column)) cells.set(column, text);
    }
  }
}

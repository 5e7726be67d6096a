import type { ParsedDocument } from '@heddle/core';
import { mediaTypes } from '../kinds/kinds.js';
import type { DocumentLimits } from '../limits.js';
import { openZip } from '../zip/open-zip.js';
import { packageTitle } from '../zip/package-title.js';
import { readXml } from '../zip/read-xml.js';
import { createRowWriter, type RowWriter } from './rows.js';
import { createSheetWriter } from './sheet-writer.js';
import { cellFormats, writeNumber, type NumberKind } from './xlsx/cell-formats.js';
import { columnOf } from './xlsx/column-of.js';
import { mergedCells } from './xlsx/merged-cells.js';
import { readWorkbook, sharedStrings, type Sheet } from './xlsx/workbook.js';

interface Book {
  readonly strings: readonly string[];
  readonly formats: readonly NumberKind[];
  readonly is1904: boolean;
}

/**
 * Converts a workbook to rows: each visible sheet is a heading; its first row, or the one below a title, names the columns if it looks like
 * names.
 */
export async function parseXlsx(bytes: Uint8Array, limits: DocumentLimits): Promise<ParsedDocument> {
  const zip = await openZip(bytes);
  const { sheets, is1904 } = await readWorkbook(zip);
  const book: Book = { strings: await sharedStrings(zip), formats: await cellFormats(zip), is1904 };
  const writer = createRowWriter(limits);
  for (const sheet of sheets) {
    const part = await zip.read(sheet.part);
    if (part !== undefined) writeSheet(part, sheet, book, writer);
  }
  return writer.document(mediaTypes.xlsx, await packageTitle(zip));
}

function writeSheet(part: Uint8Array, sheet: Sheet, book: Book, writer: RowWriter): void {
  const rows = createSheetWriter(writer, sheet.name);
  readRows(part, book, (row, cells) => rows.row(row, cells));
  rows.end();
}

/** Reads rows with their filled cells by column, 0-based. Only stored cells are visited, so a sparse sheet costs nothing. */
function readRows(
  part: Uint8Array,
  book: Book,
  onRow: (row: number, cells: ReadonlyMap<number, string>) => void,
): void {
  const merged = mergedCells(part);
  let row = 0;
  let column = -1;
  let cells = new Map<number, string>();
  let type = 'n';
  let style = 0;
  let value = '';
  let isValue = false;
  readXml(part, {
    onOpen: (name, attributes) => {
      if (name === 'row') {
        row = Number(attributes['r'] ?? row + 1);
        column = -1;
        cells = new Map();
      } else if (name === 'c') {
        column = columnOf(attributes['r']) ?? column + 1;
        type = attributes['t'] ?? 'n';
        style = Number(attributes['s'] ?? 0);
        value = '';
      }
      isValue = name === 'v' || (name === 't' && type === 'inlineStr');
    },
    onClose: (name) => {
      isValue = false;
      if (name === 'c') {
        const written = cellText(value, type, book.formats[style] ?? 'number', book);
        if (written !== '') cells.set(column, written);
      } else if (name === 'row' && cells.size > 0) onRow(row, merged.fill(row, cells));
    },
    onText: (text) => {
      if (isValue) value += text;
    },
  });
}

function cellText(value: string, type: string, kind: NumberKind, book: Book): string {
  if (value === '') return '';
  switch (type) {
    case 's':
      return (book.strings[Number(value)] ?? '').trim();
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE';
    case 'str':
    case 'inlineStr':
    case 'e':
    case 'd':
      return value.trim();
    default:
      return writeNumber(Number(value), kind, book.is1904);
  }
}

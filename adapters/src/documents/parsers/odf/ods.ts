import type { ParsedDocument } from '@heddle/core';
import { mediaTypes } from '../../kinds/kinds.js';
import type { DocumentLimits } from '../../limits.js';
import { openZip } from '../../zip/open-zip.js';
import { attribute, readXml } from '../../zip/read-xml.js';
import { createRowWriter } from '../rows.js';
import { createSheetWriter } from '../sheet-writer.js';
import { odfTitle } from './odt.js';

/** The most copies of a repeated cell. A cell that fills a sheet by repetition is empty, so more copies add nothing. */
const mostCopies = 1_000;

/**
 * Converts an OpenDocument spreadsheet to rows: each visible sheet is a heading, and its first row names the columns if it looks like
 * names.
 */
export async function parseOds(bytes: Uint8Array, limits: DocumentLimits): Promise<ParsedDocument> {
  const zip = await openZip(bytes);
  return odsOf((await zip.read('content.xml')) ?? new Uint8Array(), limits, await odfTitle(zip));
}

export function odsOf(content: Uint8Array, limits: DocumentLimits, title: string | undefined): ParsedDocument {
  const writer = createRowWriter(limits);
  readSheets(content, writer);
  return writer.document(mediaTypes.ods, title);
}

interface Cell {
  text: string;
  readonly copies: number;
  readonly rows: number;
}

/** Reads sheets as a stream: only the open sheet, row and cell are kept. */
function readSheets(part: Uint8Array, writer: ReturnType<typeof createRowWriter>): void {
  const hidden = hiddenStyles(part);
  let sheet: ReturnType<typeof createSheetWriter> | undefined;
  let row = { number: 0, copies: 1, column: 0, cells: new Map<number, string>() };
  let cell: Cell | undefined;
  let covered: { column: number; last: number; text: string }[] = [];
  let depth = 0;
  let skipped = 0;
  readXml(part, {
    onOpen: (name, attributes) => {
      if (skipped > 0 || name === 'annotation' || name === 'shapes' || name === 'tracked-changes') skipped += 1;
      else if (name === 'table') {
        depth += 1;
        if (depth > 1) return;
        row = { number: 0, copies: 1, column: 0, cells: new Map() };
        covered = [];
        sheet = hidden.has(attribute(attributes, 'style-name') ?? '')
          ? undefined
          : createSheetWriter(writer, attribute(attributes, 'name') ?? '');
      } else if (depth === 1 && name === 'table-row')
        row = {
          number: row.number + row.copies,
          copies: Number(attribute(attributes, 'number-rows-repeated') ?? 1),
          column: 0,
          cells: new Map(),
        };
      else if (depth === 1 && /^(?:covered-)?table-cell$/.test(name)) cell = cellOf(attributes);
      else if (cell !== undefined && name === 'p' && cell.text !== '') cell.text += ' ';
      else if (cell !== undefined && (name === 's' || name === 'tab' || name === 'line-break')) cell.text += ' ';
    },
    onClose: (name) => {
      if (skipped > 0) skipped -= 1;
      else if (name === 'table') {
        depth -= 1;
        if (depth === 0) sheet?.end();
      } else if (depth === 1 && /^(?:covered-)?table-cell$/.test(name) && cell !== undefined) {
        const text = cell.text.replace(/\s+/g, ' ').trim();
        if (text !== '') {
          const width = Math.min(Math.max(cell.copies, 1), mostCopies);
          for (let copy = 0; copy < width; copy += 1) row.cells.set(row.column + copy, text);
          if (cell.rows > 1) covered.push({ column: row.column, last: row.number + cell.rows - 1, text });
        }
        row.column += cell.copies;
        cell = undefined;
      } else if (depth === 1 && name === 'table-row') {
        covered = covered.filter(({ last }) => last >= row.number);
        for (const { column, text } of covered) if (!row.cells.has(column)) row.cells.set(column, text);
        const cells = new Map([...row.cells].sort(([one], [other]) => one - other));
        for (let copy = 0; copy < Math.min(row.copies, mostCopies) && cells.size > 0; copy += 1)
          sheet?.row(row.number + copy, cells);
      }
    },
    onText: (text) => {
      if (skipped === 0 && cell !== undefined) cell.text += text;
    },
  });
}

const cellOf = (attributes: Readonly<Record<string, string>>): Cell => ({
  text: '',
  copies: Number(attribute(attributes, 'number-columns-repeated') ?? 1),
  rows: Number(attribute(attributes, 'number-rows-spanned') ?? 1),
});

/** The styles of hidden sheets; they come before the sheets. */
function hiddenStyles(part: Uint8Array): ReadonlySet<string> {
  const head = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1', 0, 2_000_000);
  const found = new Set<string>();
  for (const [, name = ''] of head.matchAll(
    /<style:style style:name="([^"]{1,100})" style:family="table"[^>]*>\s*<style:table-properties[^>]*table:display="false"/g,
  ))
    found.add(name);
  return found;
}

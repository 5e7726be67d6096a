import { HeddleError, type ParsedDocument } from '@heddle/core';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { mediaTypes } from '../kinds/kinds.js';
import type { DocumentLimits } from '../limits.js';
import { columnLetter, createRowWriter } from './rows.js';
import { headedRows, headText } from './table-head.js';

/** Parses a table with one row a line. The first row, or the one below a title, names the columns if it looks like names. */
export function parseCsv(text: string, limits: DocumentLimits, kind: 'csv' | 'tsv' = 'csv'): ParsedDocument {
  const writer = createRowWriter(limits);
  let row = 0;
  let title: string | undefined;
  const rows = headedRows((number, cells, { names, titles }) => {
    title ??= titles[0];
    const isSingle = cells.size === 1 && names.size === 0;
    writer.add(
      number,
      [...cells].map(
        ([column, cell]) => [isSingle ? '' : names.get(column) || columnLetter(column), cell.trim()] as const,
      ),
      titles.length === 0 ? undefined : titles,
    );
  });
  const take = (cells: readonly string[]): undefined => {
    row += 1;
    rows.take(row, new Map(cells.entries()));
  };
  // Spreadsheets may write the delimiter into a separate first line.
  const stated = /^sep=([^\n])\n/.exec(text);
  const table = stated === null ? text : text.slice(stated[0].length);
  try {
    parse(table, {
      delimiter: stated?.[1] ?? (kind === 'tsv' && table.includes('\t') ? '\t' : delimiterOf(table)),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: limits.rowBytes,
      // Each record is written at once and not kept.
      on_record: take,
    });
  } catch (error) {
    throw tableError(error, row, limits);
  }
  const head = rows.end();
  if (head?.row !== undefined) writer.addText(head.row, headText(head));
  return writer.document(mediaTypes[kind], title);
}

function tableError(error: unknown, row: number, limits: DocumentLimits): unknown {
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return new HeddleError(
      'document_too_large',
      `Row ${row + 1} has more than ${limits.rowBytes} characters: split it, or check for a quote that is never closed.`,
      {
        cause: error,
        details: { row: row + 1, limit: limits.rowBytes },
      },
    );
  }
  return new HeddleError(
    'document_damaged',
    `Row ${row + 1} cannot be read (${error.message}): fix it and save the table again.`,
    {
      cause: error,
      details: { row: row + 1 },
    },
  );
}

/** The delimiter that splits the first lines into equal numbers of cells; with several candidates, the one with the most cells. */
function delimiterOf(text: string): string {
  const lines = text
    .slice(0, 16_384)
    .replace(/"[^"]*"/g, '')
    .split('\n', 21)
    .filter((line) => line.trim() !== '')
    .slice(0, 20);
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of [',', ';', '\t', '|']) {
    const counts = lines.map((line) => line.split(delimiter).length - 1);
    const least = Math.min(...counts);
    const agreeing = counts.filter((count) => count === counts[0]).length / Math.max(1, counts.length);
    const score = (counts[0] ?? 0) === 0 ? 0 : agreeing * 100 + Math.min(least, 50);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

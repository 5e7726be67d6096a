import { HeddleError, withoutUndefined, type ParsedDocument, type TextSpan } from '@heddle/core';
import type { DocumentLimits } from '../limits.js';

/**
 * Writes rows as text, so that each row can be read without its table: each line has one `column: value`, and rows are separated by an
 * empty line.
 */
export interface RowWriter {
  /** Adds a row; empty cells, and rows without any text, are left out. */
  add(row: number, cells: Iterable<readonly [name: string, value: string]>, headings?: readonly string[]): void;
  addText(row: number, text: string, headings?: readonly string[]): void;
  document(mediaType: string, title?: string): ParsedDocument;
}

export function createRowWriter(limits: Pick<DocumentLimits, 'textLength'>): RowWriter {
  const parts: string[] = [];
  const spans: TextSpan[] = [];
  let length = 0;
  const addText: RowWriter['addText'] = (row, text, headings) => {
    if (text === '') return;
    spans.push(withoutUndefined({ start: length, end: length + text.length, row, headings }));
    parts.push(text);
    length += text.length + 2;
    if (length > limits.textLength) throw tooMuch(row, limits.textLength);
  };
  return {
    addText,
    add: (row, cells, headings) => {
      const lines: string[] = [];
      for (const [name, value] of cells) if (value !== '') lines.push(name === '' ? value : `${name}: ${value}`);
      addText(row, lines.join('\n'), headings);
    },
    document: (mediaType, title) => ({
      mediaType,
      format: 'rows',
      text: parts.join('\n\n'),
      spans,
      title,
    }),
  };
}

const tooMuch = (row: number, limit: number): HeddleError =>
  new HeddleError(
    'document_too_large',
    `Its text exceeds ${limit} characters at row ${row}: split it into smaller documents.`,
    { details: { row, limit } },
  );

/** The names of the columns, if the first row looks like names: filled, different, and not numbers. */
export function columnNames(first: readonly string[]): readonly string[] | undefined {
  const names = first.map((cell) => cell.replace(/\s+/g, ' ').trim());
  const filled = names.filter((name) => name !== '');
  if (filled.length === 0 || filled.length < names.length - 1 || new Set(filled).size < filled.length) return undefined;
  if (filled.some((name) => name.length > 100 || /^[\d\s.,:/+-]+%?$/.test(name))) return undefined;
  return names;
}

/** The name of an unnamed column: its letter, as in spreadsheets. */
export function columnLetter(index: number): string {
  let letters = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1)
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
  return letters;
}

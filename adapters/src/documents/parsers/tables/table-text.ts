/** A table of a document, row by row. */
export type TableRows = readonly (readonly string[])[];

/**
 * Writes a table as Markdown: its first row names the columns, and short rows are padded. Empty rows are left out; a table without text
 * gives an empty string.
 */
export function tableText(rows: TableRows): string {
  const kept = rows
    .map((cells) => cells.map((cell) => cell.replace(/\s+/g, ' ').trim().replaceAll('|', '\\|')))
    .filter((cells) => cells.some((cell) => cell !== ''));
  const width = kept.reduce((most, cells) => Math.max(most, cells.findLastIndex((cell) => cell !== '') + 1), 0);
  const [head, ...others] = kept;
  if (head === undefined) return '';
  const line = (cells: readonly string[]): string =>
    `| ${Array.from({ length: width }, (_, column) => cells[column] ?? '').join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(width)}`, ...others.map(line)].join('\n');
}

/** The text of a table inside a cell of another table, with separators between rows and cells. */
export const nestedTableText = (rows: TableRows): string =>
  rows
    .map((cells) =>
      cells
        .map((cell) => cell.trim())
        .filter((cell) => cell !== '')
        .join(', '),
    )
    .filter((row) => row !== '')
    .join('; ');

/** The most cells of a table, including the positions that spanning cells cover. */
const mostCells = 1_000_000;

/** Builds the rows of a table with spanning cells: a cell's text is repeated in every position that it covers. */
export function createTableGrid(): {
  row(): void;
  cell(text: string, columns?: number, rows?: number): void;
  rows(): TableRows;
} {
  const rows: string[][] = [];
  /** Cells that span from above, by column: their text, and how many more rows they cover. */
  const covered = new Map<number, { readonly text: string; rows: number }>();
  let row: string[] = [];
  let count = 0;
  const fillCovered = (): void => {
    for (let above = covered.get(row.length); above !== undefined; above = covered.get(row.length)) {
      above.rows -= 1;
      if (above.rows <= 0) covered.delete(row.length);
      row.push(above.text);
    }
  };
  return {
    row: () => {
      if (rows.length > 0) fillCovered();
      row = [];
      rows.push(row);
    },
    cell: (text, columns = 1, depth = 1) => {
      fillCovered();
      for (let index = 0; index < Math.min(Math.max(columns, 1), 200) && count < mostCells; index += 1) {
        if (depth > 1) covered.set(row.length, { text, rows: Math.min(depth, 10_000) - 1 });
        row.push(text);
        count += 1;
      }
    },
    rows: () => {
      fillCovered();
      return rows;
    },
  };
}

import { columnLetter, type RowWriter } from './rows.js';
import { headedRows, headText, type Cells } from './table-head.js';

/** Writes the rows of a sheet. Its name is a heading; its first row, or the one below a title, names the columns if it looks like names. */
export function createSheetWriter(
  writer: RowWriter,
  name: string,
): { row(row: number, cells: Cells): void; end(): void } {
  const headings = name === '' ? [] : [name];
  const rows = headedRows(
    (row, cells, { names, titles }) =>
      writer.add(
        row,
        [...cells].map(([column, value]) => [names.get(column) ?? columnLetter(column), value] as const),
        [...headings, ...titles],
      ),
    { leastNames: 2 },
  );
  return {
    row: (row, cells) => rows.take(row, cells),
    end: () => {
      const head = rows.end();
      if (head?.row !== undefined) writer.addText(head.row, headText(head), [...headings, ...head.titles]);
    },
  };
}

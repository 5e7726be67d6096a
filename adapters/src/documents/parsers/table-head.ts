import { columnNames } from './rows.js';

/** Cells of a row by column, 0-based. */
export type Cells = ReadonlyMap<number, string>;

interface TableHead {
  /** The names of columns; empty if no row names them. */
  readonly names: Cells;
  readonly row?: number;
  /** Lines above the names, such as a title. */
  readonly titles: readonly string[];
}

/** Receives the rows of a table in order, and passes on the data rows with their head. */
interface HeadedRows {
  take(row: number, cells: Cells): void;
  /** Called after the last row. Returns the head if no data row followed it. */
  end(): TableHead | undefined;
}

/** If more rows than this have a single cell, they are data. */
const mostTitles = 3;

/**
 * Finds the row that names the columns: the first row, or the one below a title. A title fills one cell, the row of names several.
 *
 * @example const rows = headedRows((row, cells, { names }) => write(row, cells, names));
 */
export function headedRows(
  onRow: (row: number, cells: Cells, head: TableHead) => void,
  { leastNames = 1 }: { readonly leastNames?: number } = {},
): HeadedRows {
  let hasRows = false;
  const add: typeof onRow = (row, cells, above) => {
    hasRows = true;
    onRow(row, cells, above);
  };
  const waiting: { readonly row: number; readonly cells: Cells }[] = [];
  let head: TableHead | undefined;

  /** If no row has several cells, the first row may still name the columns. */
  const decide = (): void => {
    const [first, ...others] = waiting.splice(0);
    if (first === undefined) return;
    const names = filled(first.cells).length < leastNames ? undefined : namesOf(first.cells);
    head = names === undefined ? { names: new Map(), titles: [] } : { names, row: first.row, titles: [] };
    for (const { row, cells } of names === undefined ? [first, ...others] : others) add(row, cells, head);
  };

  return {
    take(row, cells) {
      if (head !== undefined) {
        add(row, cells, head);
        return;
      }
      if (filled(cells).length < 2) {
        waiting.push({ row, cells });
        if (waiting.length > mostTitles) decide();
        return;
      }
      const names = namesOf(cells);
      const titles = names === undefined ? [] : waiting.splice(0).flatMap((above) => filled(above.cells));
      head = names === undefined ? { names: new Map(), titles } : { names, row, titles };
      for (const above of waiting.splice(0)) add(above.row, above.cells, head);
      if (names === undefined) add(row, cells, head);
    },
    end() {
      if (head === undefined) decide();
      return hasRows ? undefined : head;
    },
  };
}

const filled = (cells: Cells): readonly string[] =>
  [...cells.values()].map((cell) => cell.trim()).filter((cell) => cell !== '');

function namesOf(cells: Cells): Cells | undefined {
  const names = columnNames([...cells.values()]);
  return names === undefined
    ? undefined
    : new Map([...cells.keys()].map((column, index) => [column, names[index] ?? '']));
}

/** The text of a table that has only a head. */
export const headText = ({ names, titles }: TableHead): string =>
  [...titles, [...names.values()].join(', ')].join('\n');

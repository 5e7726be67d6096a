import type { HeddleError } from '@heddle/core';
import { digestRows, type Digests } from './digest-rows.js';
import { refusedText } from './refused-text.js';
import type { Cell, MovedTable, Row } from './row-forms.js';
import type { OnProgress, RowSource } from './row-store.js';

/** A reason against a move. */
export interface Stop {
  readonly code: HeddleError['code'];
  readonly message: string;
}

interface ExaminedRows {
  readonly digests: Digests;
  /** The first rows with texts that Postgres refuses. */
  readonly refused: readonly string[];
  readonly refusedCount: number;
}

/** How many such rows are named. */
const mostNamed = 20;

/** Reads every row of a source that is to be moved to Postgres. */
export async function examineRows(
  source: RowSource,
  tables: readonly MovedTable[],
  onProgress: OnProgress | undefined,
): Promise<ExaminedRows> {
  const refused: string[] = [];
  let refusedCount = 0;
  const onRow = (table: MovedTable, row: Row): void => {
    const column = refusedText(table.postgres.toStored(row));
    if (column === undefined) return;
    refusedCount += 1;
    if (refused.length < mostNamed) refused.push(nameOf(table, row, column));
  };
  const digests = await digestRows(source, tables, { step: 'read', onRow, onProgress });
  return { digests, refused, refusedCount };
}

/** Names a row so that people find it: its table, the column, and its first columns. */
function nameOf({ name, columns }: MovedTable, row: Row, column: string): string {
  const key = columns.slice(0, 3).map((each) => `${each} = ${textOf(row[each] ?? null)}`);
  return `${name}.${column} where ${key.join(', ')}`;
}

const textOf = (cell: Cell): string => (cell instanceof Uint8Array ? '(bytes)' : JSON.stringify(cell).slice(0, 60));

/**
 * Replaces NUL characters (U+0000) that Postgres refuses in the rows of a source. The audit chain is not changed, because its hashes would
 * no longer match.
 */
export function withReplacedText(source: RowSource, tables: readonly MovedTable[]): RowSource {
  const byName = new Map(tables.map((table) => [table.name, table]));
  return {
    ...source,
    async read(name, after) {
      const batch = await source.read(name, after);
      const table = byName.get(name);
      if (table === undefined || name === 'audit') return batch;
      return {
        ...batch,
        rows: batch.rows.map((row) => (refusedText(table.postgres.toStored(row)) === undefined ? row : replaced(row))),
      };
    },
  };
}

const replaced = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [
      name,
      typeof cell === 'string' ? cell.replaceAll('\u0000', '\uFFFD') : cell,
    ]),
  );

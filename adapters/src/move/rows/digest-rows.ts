import { hash } from 'node:crypto';
import type { MovedTableName } from '../moved-tables.js';
import type { Cell, MovedTable, Row } from './row-forms.js';
import type { OnProgress, RowSource } from './row-store.js';

/** The number of rows in a table, and a hash of their contents that does not depend on their order. */
interface TableDigest {
  readonly rows: number;
  readonly hash: string;
}

export type Digests = ReadonlyMap<MovedTableName, TableDigest>;

const modulus = 1n << 256n;

/** Reads every row and computes the digests. `onRow` may collect reasons against the move. Errors: those of the source. */
export async function digestRows(
  source: RowSource,
  tables: readonly MovedTable[],
  options: {
    readonly onRow?: (table: MovedTable, row: Row) => void;
    readonly onProgress?: OnProgress | undefined;
    readonly step: 'read' | 'prove';
    readonly total?: number;
  },
): Promise<Digests> {
  const { onRow, onProgress, step, total } = options;
  const digests = new Map<MovedTableName, TableDigest>();
  let done = 0;
  for (const table of tables) {
    let rows = 0;
    let sum = 0n;
    let after: string | undefined;
    do {
      const batch = await source.read(table.name, after);
      for (const row of batch.rows) {
        onRow?.(table, row);
        sum = (sum + rowHash(table.columns, row)) % modulus;
      }
      rows += batch.rows.length;
      done += batch.rows.length;
      onProgress?.({ step, table: table.name, done, total });
      ({ after } = batch);
    } while (after !== undefined);
    digests.set(table.name, { rows, hash: sum.toString(16).padStart(64, '0') });
  }
  return digests;
}

/** The number of rows in all tables. */
export const rowsOf = (digests: Digests): number => [...digests.values()].reduce((sum, { rows }) => sum + rows, 0);

/** The tables with different digests. */
export const differing = (one: Digests, other: Digests): readonly MovedTableName[] =>
  [...one]
    .filter(([name, digest]) => {
      const there = other.get(name);
      return there?.rows !== digest.rows || there.hash !== digest.hash;
    })
    .map(([name]) => name);

const rowHash = (columns: readonly string[], row: Row): bigint =>
  BigInt(`0x${hash('sha256', JSON.stringify(columns.map((column) => comparable(row[column] ?? null))), 'hex')}`);

/** Encodes a cell as JSON so that different cells have different texts. */
function comparable(cell: Cell): unknown {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : { number: String(cell) };
  return cell instanceof Uint8Array ? { bytes: Buffer.from(cell).toString('base64') } : cell;
}

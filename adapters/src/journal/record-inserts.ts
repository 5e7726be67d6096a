import type { HeddleDatabase } from './open-database.js';

/** A row of `records` in the order of its columns. */
export type RowValues = [
  run: number,
  seq: number,
  type: string,
  time: number,
  path: string | null,
  attempt: number | null,
  startSeq: number | null,
  startTime: number | null,
  body: string,
  blobs: string | null,
];

/** New rows of the transaction that is open: several go to SQLite in one statement, which halves what a row costs. */
export interface RecordInserts {
  /** Rows that were added are not in the table before `flush`. */
  add(row: RowValues, isStart: boolean): void;
  /** Whether a start is among the rows that are not in the table yet. */
  readonly hasStart: boolean;
  readonly flush: () => void;
  /** After a transaction that was taken back. */
  readonly discard: () => void;
}

const columns = '(run, seq, type, time, path, attempt, start_seq, start_time, body, blobs)';
const width = 10;
/** Rows a statement: more than 32 gain nothing. */
const sizes = [32, 4, 1] as const;

export function createRecordInserts({ connection }: HeddleDatabase): RecordInserts {
  const statements = sizes.map((size) => ({
    length: size * width,
    statement: connection.prepare(
      `INSERT INTO records ${columns} VALUES ${Array.from({ length: size }, () => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    ),
  }));
  let values: RowValues[number][] = [];
  let hasStart = false;

  const clear = (): void => {
    values = [];
    hasStart = false;
  };

  return {
    add(row, isStart) {
      values.push(...row);
      if (isStart) hasStart = true;
    },
    get hasStart() {
      return hasStart;
    },
    flush() {
      if (values.length === 0) return;
      const rows = values;
      clear();
      let at = 0;
      for (const { length, statement } of statements) {
        while (rows.length - at >= length) {
          statement.run(at === 0 && rows.length === length ? rows : rows.slice(at, at + length));
          at += length;
        }
      }
    },
    discard: clear,
  };
}

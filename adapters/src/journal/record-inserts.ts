import type { HeddleDatabase } from './open-database.js';

/** The columns of a row of `records` between its run and its body. */
export type RowColumns = [
  seq: number,
  type: string,
  time: number,
  path: string | null,
  attempt: number | null,
  startSeq: number | null,
  startTime: number | null,
];

/** A row of `records` in the order of its columns. */
export type RowValues = [run: number, ...RowColumns, body: string, blobs: string | null];

/**
 * New rows on their way into the table: several go to SQLite in one statement, which halves what a row costs. They wait for the
 * end of the transaction, or, where the redo log has them, for a later one.
 */
export interface RecordInserts {
  /** Rows that were added are not in the table before `flush`. */
  add(row: RowValues, isStart: boolean): void;
  /** Whether a start is among the rows that are not in the table yet. */
  readonly hasStart: boolean;
  /** Within a transaction. */
  readonly flush: () => void;
  /** What was added is in the redo log: it stays here until a transaction has taken it. */
  keep(): void;
  /** How many rows only the redo log has. */
  readonly kept: number;
  /** The rows of a run that only the redo log has. */
  keptOf(run: number): RowValues[];
  /** After a transaction that was committed. */
  readonly settle: () => void;
  /** After a transaction that was taken back: what was kept waits again. */
  readonly discard: () => void;
}

const columns = '(run, seq, type, time, path, attempt, start_seq, start_time, body, blobs)';
/** Rows a statement: more than 32 gain nothing. */
const sizes = [32, 4, 1] as const;

/** Rows of one form that wait, and the statements that take them. */
function createForm({ connection }: HeddleDatabase, row: string) {
  const width = row.split('?').length - 1;
  const statements = sizes.map((size) => ({
    length: size * width,
    statement: connection.prepare(`INSERT INTO records ${columns} VALUES ${Array(size).fill(row).join(', ')}`),
  }));
  let values: RowValues[number][] = [];
  /** So many of the values are kept. */
  let kept = 0;
  /** Kept ones that the open transaction has. */
  let sent: RowValues[number][] = [];
  return {
    add: (...row: RowValues[number][]): void => void values.push(...row),
    flush(): void {
      if (values.length === 0) return;
      const rows = values;
      if (kept > 0) sent = sent.concat(rows.slice(0, kept));
      [values, kept] = [[], 0];
      let at = 0;
      for (const { length, statement } of statements) {
        while (rows.length - at >= length) {
          statement.run(at === 0 && rows.length === length ? rows : rows.slice(at, at + length));
          at += length;
        }
      }
    },
    keep: (): void => void (kept = values.length),
    settle: (): void => void (sent = []),
    discard(): void {
      values = sent.concat(values.slice(0, kept));
      kept = values.length;
      sent = [];
    },
    get kept() {
      return kept / width;
    },
    keptRows(): RowValues[number][][] {
      return Array.from({ length: kept / width }, (_, index) => values.slice(index * width, (index + 1) * width));
    },
  };
}

export function createRecordInserts(database: HeddleDatabase): RecordInserts {
  const any = createForm(database, '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  // Most rows are results of first attempts: what they have in common stands in the statement, since each value that is handed over costs as much as a column.
  const result = createForm(database, "(?, ?, 'node-end', ?, ?, 1, ?, ?, ?, NULL)");
  let hasStart = false;

  return {
    add(row, isStart) {
      const [run, seq, type, time, path, attempt, startSeq, startTime, body, blobs] = row;
      if (type === 'node-end' && attempt === 1 && blobs === null)
        result.add(run, seq, time, path, startSeq, startTime, body);
      else any.add(...row);
      if (isStart) hasStart = true;
    },
    get hasStart() {
      return hasStart;
    },
    flush() {
      hasStart = false;
      any.flush();
      result.flush();
    },
    keep() {
      any.keep();
      result.keep();
    },
    get kept() {
      return any.kept + result.kept;
    },
    keptOf(run) {
      const whole = [
        ...any.keptRows(),
        ...result
          .keptRows()
          .map(([of, seq, time, path, start, began, body]) => [
            ...[of, seq, 'node-end', time, path, 1, start, began, body, null],
          ]),
      ];
      return whole.filter(([of]) => of === run) as RowValues[]; // as `add` took them apart
    },
    settle() {
      any.settle();
      result.settle();
    },
    discard() {
      hasStart = false;
      any.discard();
      result.discard();
    },
  };
}

import type { HeddleDatabase } from '../../database/open-database.js';
import { recordChecksum, type RowValues } from './record-checksum.js';

/** New rows of the open transaction: several go to SQLite in one statement, which halves what a row costs. */
export interface RecordInserts {
  /** Rows that were added are not in the table before `flush`. */
  add(row: RowValues, isStart: boolean): void;
  /** Whether a start is among the rows that are not in the table yet. */
  readonly hasStart: boolean;
  readonly flush: () => void;
  /** After a transaction that was taken back. */
  readonly discard: () => void;
}

const columns = '(run, seq, type, time, path, attempt, start_seq, start_time, body, blobs, checksum)';
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
  return {
    add: (...row: RowValues[number][]): void => void values.push(...row),
    flush(): void {
      if (values.length === 0) return;
      const rows = values;
      values = [];
      let at = 0;
      for (const { length, statement } of statements) {
        while (rows.length - at >= length) {
          statement.run(at === 0 && rows.length === length ? rows : rows.slice(at, at + length));
          at += length;
        }
      }
    },
    discard: (): void => void (values = []),
  };
}

export function createRecordInserts(database: HeddleDatabase): RecordInserts {
  const any = createForm(database, '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  // Most rows are results of first attempts: what they have in common stands in the statement, since each value that is handed over costs as much as a column.
  const result = createForm(database, "(?, ?, 'node-end', ?, ?, 1, ?, ?, ?, NULL, ?)");
  let hasStart = false;

  return {
    add(row, isStart) {
      const [run, seq, type, time, path, attempt, startSeq, startTime, body, blobs] = row;
      if (type === 'node-end' && attempt === 1 && blobs === null)
        result.add(run, seq, time, path, startSeq, startTime, body, recordChecksum(row));
      else any.add(...row, recordChecksum(row));
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
    discard() {
      hasStart = false;
      any.discard();
      result.discard();
    },
  };
}

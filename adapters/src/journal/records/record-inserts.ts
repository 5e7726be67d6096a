import type { HeddleDatabase } from '../../database/open-database.js';
import { recordChecksum, type RowValues } from './record-checksum.js';

/** Collects new rows of the open transaction. SQLite gets several in one statement, which halves the cost of a row. */
export interface RecordInserts {
  /** Adds a row, which is in the table only after `flush`. */
  add(row: RowValues, isStart: boolean): void;
  /** Whether the rows that are not flushed yet include a start. */
  readonly hasStart: boolean;
  readonly flush: () => void;
  /** Drops the collected rows after a rollback. */
  readonly discard: () => void;
}

const columns = '(run, seq, type, time, path, attempt, start_seq, start_time, body, blobs, checksum)';
/** Rows per statement. More than 32 gain nothing. */
const sizes = [32, 4, 1] as const;

/** Rows of one shape, with the statements that insert them. */
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
  // Most rows are results of first attempts. Their common values are written in the statement, because each bound value costs as much as a
  // column.
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

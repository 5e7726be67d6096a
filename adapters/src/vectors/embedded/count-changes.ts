import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { changesOf, lastChangeFile } from '../../database/files/lost-file.js';
import { createMarkFile, markOf } from '../../database/files/mark-file.js';

/** Counts the changes of the vector file, and names outside of it how many of them the disk has: a log that is lost is noticed by that. */
export interface ChangeCount {
  /** A change was committed. */
  add(): void;
  /** To be called before the file is closed. */
  close(): void;
}

/** Changes share a flush. */
const flushMs = 200;

export function countChanges(database: Database, file: string): ChangeCount {
  if (file === ':memory:') return { add: () => undefined, close: () => undefined };
  database.exec(`
    CREATE TABLE IF NOT EXISTS changes (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), number INTEGER NOT NULL) STRICT;
    INSERT OR IGNORE INTO changes VALUES (1, 0);
  `);
  const count = database.prepare('UPDATE changes SET number = number + 1');
  const mark = createMarkFile(lastChangeFile(file));
  let log: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isFlushing = false;
  let isClosed = false;

  const opened = (): number => (log ??= openSync(`${file}-wal`, 'r+'));
  const closeLog = (): void => {
    if (log !== undefined) closeSync(log);
    log = undefined;
  };
  const note = (number: number): void => mark.write(markOf(number));

  function flush(): void {
    timer = undefined;
    if (isFlushing) {
      flushSoon();
      return;
    }
    try {
      const number = changesOf(database);
      isFlushing = true;
      fdatasync(opened(), (error) => {
        isFlushing = false;
        if (error === null && !isClosed) note(number);
        if (isClosed) closeLog();
      });
    } catch {
      isFlushing = false; // the next change tries again
    }
  }

  function flushSoon(): void {
    timer ??= setTimeout(flush, flushMs).unref();
  }

  return {
    add() {
      try {
        count.run();
        flushSoon();
      } catch {
        // The change itself is there; a count that lags behind proves less.
      }
    },
    close() {
      isClosed = true;
      if (timer !== undefined) {
        clearTimeout(timer);
        try {
          const number = changesOf(database);
          fdatasyncSync(opened());
          note(number);
        } catch {
          // The older mark stays.
        }
      }
      mark.close();
      if (!isFlushing) closeLog();
    },
  };
}

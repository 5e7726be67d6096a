import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import { changesOf, lastChangeFile } from '../../database/files/lost-file.js';
import { createMarkFile, markOf, type MarkFile } from '../../database/files/mark-file.js';

/**
 * Counts the changes of the vector file, and writes to a mark file how many of them are on the disk. A difference between the two shows
 * that a log was lost.
 */
export interface ChangeCount {
  /** Counts a committed change. */
  add(): void;
  /** Must be called before the file is closed. */
  close(): void;
}

/** Changes within this time share a flush. */
const flushMs = 200;

/** Counts the changes of a vector file. A database in memory is not counted. */
export function countChanges(database: Database, file: string): ChangeCount {
  if (file === ':memory:') return { add: () => undefined, close: () => undefined };
  return new FileChangeCount(database, file);
}

class FileChangeCount implements ChangeCount {
  readonly #database: Database;
  readonly #file: string;
  readonly #count: Statement;
  readonly #mark: MarkFile;
  #log: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isFlushing = false;
  #isClosed = false;

  constructor(database: Database, file: string) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS changes (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), number INTEGER NOT NULL) STRICT;
      INSERT OR IGNORE INTO changes VALUES (1, 0);
    `);
    this.#database = database;
    this.#file = file;
    this.#count = database.prepare('UPDATE changes SET number = number + 1');
    this.#mark = createMarkFile(lastChangeFile(file));
  }

  add(): void {
    try {
      this.#count.run();
      this.#flushSoon();
    } catch {
      // The change itself is stored; a count that is too low only detects less.
    }
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      try {
        const number = changesOf(this.#database);
        fdatasyncSync(this.#openLog());
        this.#mark.write(markOf(number));
      } catch {
        // The older mark stays.
      }
    }
    this.#mark.close();
    if (!this.#isFlushing) this.#closeLog();
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => this.#flush(), flushMs).unref();
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#isFlushing) {
      this.#flushSoon();
      return;
    }
    try {
      const number = changesOf(this.#database);
      this.#isFlushing = true;
      fdatasync(this.#openLog(), (error) => {
        this.#isFlushing = false;
        if (error === null && !this.#isClosed) this.#mark.write(markOf(number));
        if (this.#isClosed) this.#closeLog();
      });
    } catch {
      this.#isFlushing = false; // The next change tries again.
    }
  }

  #openLog(): number {
    this.#log ??= openSync(`${this.#file}-wal`, 'r+');
    return this.#log;
  }

  #closeLog(): void {
    if (this.#log !== undefined) closeSync(this.#log);
    this.#log = undefined;
  }
}

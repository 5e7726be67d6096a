import { HeddleError } from '@heddle/core';
import type Database from 'better-sqlite3';
import { guardFile, type FileGuard } from './guard-file.js';
import { toStorageError } from '../storage-error.js';

/** Looks at the files of an open database from outside. */
export interface FileWatch {
  /** Errors: `storage_*` where the database file is not the one that is open any more. */
  checkDatabase(): void;
  /** The same of its log, and what the last look at everything found. Where the log is gone, what was committed is brought into the database file. */
  checkAll(): void;
  /** Brings the log into the database file and makes it short. Gives whether no reader was in the way. */
  emptyLog(): boolean;
  /** From now on looks at everything twice a second, also at these folders. */
  begin(folders: readonly string[]): void;
  close(): void;
}

const everyMs = 500;

/** Most of the log that SQLite keeps after it was brought back. */
export const longestLog = 64 * 1024 * 1024;

/**
 * W1 A change from outside is noticed within half a second, and at each commit that must survive a power loss. W2 What was committed before the log
 * was taken away is in the database file as soon as that is noticed. W3 After a file was cut nothing is written any more: it would be written into a
 * hole.
 */
export function watchFiles(connection: Database.Database, file: string): FileWatch {
  const database = guardFile(file);
  const log = guardFile(`${file}-wal`, { mayShrinkTo: longestLog });
  const others: FileGuard[] = [guardFile(`${file}-shm`)];
  let timer: NodeJS.Timeout | undefined;
  let fault: HeddleError | undefined;

  function check(guard: FileGuard): void {
    try {
      guard.check();
    } catch (error) {
      const found = toStorageError(error, file);
      if (found.code === 'storage_corrupt') connection.pragma('query_only = ON');
      throw found;
    }
  }

  function checkLog(): void {
    try {
      check(log);
    } catch (error) {
      if (error instanceof HeddleError && error.code === 'storage_failed') bringHome();
      throw error;
    }
  }

  /** The connection still has the log that is in no folder any more. */
  function bringHome(): void {
    try {
      connection.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // What is missing is told all the same, and this is tried again with the next look.
    }
  }

  function lookAround(): void {
    try {
      check(database);
      checkLog();
      for (const guard of others) check(guard);
      fault = undefined;
    } catch (error) {
      fault = toStorageError(error, file);
    }
  }

  lookAround();
  return {
    checkDatabase: () => check(database),
    checkAll() {
      check(database);
      checkLog();
      if (fault !== undefined) lookAround();
      if (fault !== undefined) throw fault;
    },
    emptyLog() {
      const [result] = connection.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
      log.allowShorter();
      return result?.busy === 0;
    },
    begin(folders) {
      others.push(...folders.map((folder) => guardFile(folder, { isFolder: true })));
      lookAround();
      timer ??= setInterval(lookAround, everyMs).unref();
    },
    close: () => clearInterval(timer),
  };
}

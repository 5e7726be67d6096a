import { HeddleError } from '@heddle/core';
import type Database from 'better-sqlite3';
import { toStorageError } from '../storage-error.js';
import { guardFile, type FileGuard } from './guard-file.js';

const everyMs = 500;

/** The most bytes of the log that SQLite keeps after a checkpoint. */
export const longestLog = 64 * 1024 * 1024;

/**
 * Checks the files of an open database.
 *
 * - A change from outside is noticed within half a second, and at each commit that must survive a power loss.
 * - When the log is found missing, everything that was committed is copied into the database file.
 * - After a file was cut, nothing more is written: SQLite would write beyond the gap.
 */
export class FileWatch {
  private readonly connection: Database.Database;
  private readonly file: string;
  private readonly database: FileGuard;
  private readonly log: FileGuard;
  private readonly others: FileGuard[];
  private timer: NodeJS.Timeout | undefined;
  private fault: HeddleError | undefined;

  constructor(connection: Database.Database, file: string) {
    this.connection = connection;
    this.file = file;
    this.database = guardFile(file);
    this.log = guardFile(`${file}-wal`, { mayShrinkTo: longestLog });
    this.others = [guardFile(`${file}-shm`)];
    this.checkFiles();
  }

  /** Errors: `storage_*` if another program has removed, replaced or cut the database file. */
  checkDatabase(): void {
    this.check(this.database);
  }

  /**
   * Checks the log too, and repeats the last failed check of all files. If the log is gone, everything that was committed is copied into
   * the database file.
   */
  checkAll(): void {
    this.check(this.database);
    this.checkLog();
    if (this.fault !== undefined) this.checkFiles();
    if (this.fault !== undefined) throw this.fault;
  }

  /** Copies the log into the database file and truncates it. Returns false if a reader prevented that. */
  emptyLog(): boolean {
    const [result] = this.connection.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
    this.log.allowShorter();
    return result?.busy === 0;
  }

  /** Rewrites the database file without its free pages, which makes it shorter, and truncates the log. */
  rewrite(): void {
    this.connection.exec('VACUUM');
    this.emptyLog();
    this.database.allowShorter();
  }

  /** From now on, checks all files and these folders twice a second. */
  begin(folders: readonly string[]): void {
    this.others.push(...folders.map((folder) => guardFile(folder, { isFolder: true })));
    this.checkFiles();
    this.timer ??= setInterval(() => this.checkFiles(), everyMs).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private check(guard: FileGuard): void {
    try {
      guard.check();
    } catch (error) {
      const found = toStorageError(error, this.file);
      if (found.code === 'storage_corrupt') this.connection.pragma('query_only = ON');
      throw found;
    }
  }

  private checkLog(): void {
    try {
      this.check(this.log);
    } catch (error) {
      if (error instanceof HeddleError && error.code === 'storage_failed') this.saveLog();
      throw error;
    }
  }

  /** Copies the log into the database file: the connection still has the log open, although it is no longer in the folder. */
  private saveLog(): void {
    try {
      this.connection.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // The caller reports the missing log anyway; the next check tries again.
    }
  }

  private checkFiles(): void {
    try {
      this.check(this.database);
      this.checkLog();
      for (const guard of this.others) this.check(guard);
      this.fault = undefined;
    } catch (error) {
      this.fault = toStorageError(error, this.file);
    }
  }
}

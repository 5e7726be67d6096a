import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { createDamageWatch, type Examine } from './damage/damage-watch.js';
import { canBeRead } from './damage/examine-file.js';
import { createLogFlush, type FlushWaiter, type FlushWatch, type Sync } from './log/log-flush.js';
import { makeFolder } from './files/make-folder.js';
import { migrate } from './migrations/migrate.js';
import type { Migration } from './migrations/migration.js';
import { migrations } from './migrations/migrations.js';
import { putInPlace } from './files/put-in-place.js';
import { removeDrafts } from './files/remove-drafts.js';
import { codeOf, judgeDamage, toStorageError, withStorageErrors } from './storage-error.js';
import { longestLog, watchFiles } from './files/watch-files.js';

export interface DatabaseOptions {
  /** Milliseconds to wait for another connection's write. Default 5,000. */
  readonly busyMs?: number;
  /** Up to this size every page is checked at open; above it only the table of runs, so that a start stays quick. Default 256 MB. */
  readonly checkBytes?: number;
  /** The schema's steps; tests bring their own. */
  readonly migrations?: readonly Migration[];
  /** How the log is brought to the disk; tests bring their own. */
  readonly sync?: Sync;
  /** How the file is looked through where SQLite calls it damaged; tests bring their own. */
  readonly examine?: Examine;
}

/**
 * heddle.db, open and checked. In joins, parameters are written `+?`: SQLite then plans without their values, where it would else compile the statement again
 * each time (six times as slow).
 *
 * One writing process a data folder (see lockDataFolder).
 */
export interface HeddleDatabase {
  readonly file: string;
  readonly connection: Database.Database;
  /** Milliseconds that a commit waits for another program's write. */
  readonly busyMs: number;
  /** The schema that the file had, where this opening brought it to a newer one. */
  readonly migratedFrom: number | undefined;
  /** Errors: `storage_*` when nothing can be committed now, or when the file in the folder is another one by now. */
  checkWritable(): void;
  /** Errors: `storage_*` when the files in the folder are not the ones that are open, a file is damaged or may be, or the disk did not take the log: what is written now would be lost. */
  checkInPlace(): void;
  /** From now on looks twice a second whether somebody removed, replaced or cut one of its files or these folders; `checkInPlace` tells. */
  watchFiles(folders: readonly string[]): void;
  /** Brings the log into the database file and makes it short, so that nothing that was overwritten is left in it. Errors: `storage_*`. */
  emptyLog(): void;
  /** Calls back once everything that is committed now survives a power loss. The event loop goes on meanwhile. */
  flushLog(waiter: FlushWaiter): void;
  /** Is told of each flush, before those who wait for it. */
  watchFlush(watch: FlushWatch): void;
  /** Brings what is committed to the disk while the event loop waits. Errors: `storage_*`. */
  flushNow(): void;
  /** Resolves once what was committed before survives a power loss, where somebody asked for that. Errors: `storage_*` while the disk does not take it. */
  flushed(): Promise<void>;
  /** Copies the database to a file while it is in use. Errors: `storage_*`. */
  backup(target: string): Promise<void>;
  /** Writes everything back into the one file and closes it. */
  close(): void;
}

/** A write of another program holds up the event loop for this long at most. */
const heldUpMs = 25;

/** Most of the log before it is brought back into the file. */
const logBytes = 8 * 1024 * 1024;

/** 'HEDL': tells our files from other SQLite files. */
const applicationId = 0x4845_444c;

/**
 * Opens or creates the database of a data folder: WAL, foreign keys, `synchronous=NORMAL` (a commit that must survive a power
 * loss asks for FULL), checked and brought to the newest schema.
 *
 * A database is created beside its name and linked into place whole. So a file that is there and empty was damaged, never
 * interrupted at birth, and is refused rather than filled anew.
 *
 * Errors: `storage_corrupt`, `storage_newer`, `storage_read_only`, `storage_full`, `storage_locked`, `storage_failed`.
 *
 * @example const database = openDatabase(join(folder, 'heddle.db'));
 */
export function openDatabase(file: string, options: DatabaseOptions = {}): HeddleDatabase {
  try {
    if (!existsSync(file)) create(file, options);
    return openExisting(file, options);
  } catch (error) {
    // SQLite also calls a file damaged that the disk cannot read.
    const isUnread = codeOf(error)?.startsWith('SQLITE_CORRUPT') === true && !canBeRead(file);
    throw toStorageError(isUnread ? Object.assign(new Error('it cannot be read'), { code: 'EIO' }) : error, file);
  }
}

function openExisting(file: string, options: DatabaseOptions): HeddleDatabase {
  const { size } = statSync(file);
  const busyMs = options.busyMs ?? 5_000;
  if (size === 0) throw corrupt(file, 'it is empty');
  const connection = new Database(file, { fileMustExist: true, timeout: busyMs });
  let migratedFrom: number | undefined;
  try {
    refuseForeign(connection, file);
    configure(connection);
    check(connection, file, size <= (options.checkBytes ?? 256 * 1024 * 1024));
    migratedFrom = migrate(connection, file, options.migrations);
    refuseReadOnly(connection);
    // From here on a commit waits outside the event loop (G4 of createGroupCommit), not inside SQLite.
    connection.pragma(`busy_timeout = ${Math.min(busyMs, heldUpMs)}`);
  } catch (error) {
    connection.close();
    throw error;
  }
  const files = watchFiles(connection, file);
  const log = createLogFlush(connection, file, options.sync, undefined, files);
  const damage = createDamageWatch(file, options.examine);
  const forgetJudge = judgeDamage(file, (error) => damage.judge(error));
  const checkInPlace = (): void => {
    const fault = log.fault ?? damage.fault;
    if (fault !== undefined) throw fault;
    files.checkAll();
  };
  return {
    file,
    connection,
    busyMs,
    migratedFrom,
    checkInPlace,
    watchFiles: (folders) => files.begin(folders),
    emptyLog: () => void withStorageErrors(file, () => files.emptyLog()),
    flushLog: (waiter) => log.flush(waiter),
    watchFlush: (watch) => log.watch(watch),
    flushNow: () => withStorageErrors(`${file}-wal`, () => log.flushNow()),
    flushed: () => (log.isBusy ? new Promise((onSafe, onFault) => log.flush({ onSafe, onFault })) : Promise.resolve()),
    checkWritable() {
      try {
        checkInPlace();
        refuseReadOnly(connection);
      } catch (error) {
        throw toStorageError(error, file);
      }
    },
    async backup(target) {
      try {
        await connection.backup(target);
      } catch (error) {
        throw toStorageError(error, target);
      }
    },
    close() {
      forgetJudge();
      damage.close();
      files.close();
      log.close();
      if (connection.open) connection.close();
    },
  };
}

/** Makes a whole, empty database under another name and puts it into place, unless somebody was quicker. */
function create(file: string, options: DatabaseOptions): void {
  const folder = dirname(file);
  makeFolder(folder, { isPrivate: true });
  if ([`${file}-wal`, `${file}-redo`].some((log) => existsSync(log) && statSync(log).size > 0))
    throw corrupt(file, 'it is missing, while its log is there');
  // Both are made later than the database, whose log goes with every orderly stop.
  const left = ['audit.head', 'collections.db'].find((name) => existsSync(join(folder, name)));
  if (left !== undefined) throw corrupt(file, `it is missing, while ${left} is there`);
  removeDrafts(`${file}.new-`);
  const draft = `${file}.new-${process.pid}`;
  const connection = new Database(draft);
  try {
    // Commits bring many rows or few of several tables: measured against 2 and 8 KiB.
    connection.pragma('page_size = 4096');
    connection.pragma(`application_id = ${applicationId}`);
    configure(connection);
    migrate(connection, draft, options.migrations ?? migrations);
  } finally {
    connection.close();
  }
  putInPlace(draft, file);
}

function refuseForeign(connection: Database.Database, file: string): void {
  const id = Number(connection.pragma('application_id', { simple: true }));
  if (id !== applicationId) throw corrupt(file, 'it is not a database of Heddle');
}

function configure(connection: Database.Database): void {
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  // At 8 MB of log: bringing it back into the file takes some 10 ms, seldom enough to cost next to nothing.
  connection.pragma(
    `wal_autocheckpoint = ${Math.round(logBytes / Number(connection.pragma('page_size', { simple: true })))}`,
  );
  connection.pragma(`journal_size_limit = ${longestLog}`);
}

function check(connection: Database.Database, file: string, isWhole: boolean): void {
  if (!isWhole && connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'runs'").get() === undefined) return;
  const found = connection.pragma(isWhole ? 'quick_check(1)' : "quick_check('runs')", { simple: true });
  if (found !== 'ok') throw corrupt(file, String(found));
}

/** A commit that changes nothing of ours, so that a folder that cannot be written is known now and not at the first run. */
function refuseReadOnly(connection: Database.Database): void {
  const version = Number(connection.pragma('user_version', { simple: true }));
  connection.transaction(() => connection.pragma(`user_version = ${version}`)).immediate();
}

function corrupt(file: string, reason: string): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `${file} cannot be used: ${reason}. Keep a copy of the folder, and restore a backup with heddle restore.`,
    { details: { place: file, reason } },
  );
}

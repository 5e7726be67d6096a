import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { checkPages, configure, corrupt, refuseForeign, refuseReadOnly } from './configure-database.js';
import { createDatabase } from './create-database.js';
import { createDamageWatch, type Examine } from './damage/damage-watch.js';
import { canBeRead } from './damage/examine-file.js';
import { FileWatch } from './files/watch-files.js';
import { LogFlush, type FlushWaiter, type FlushWatch, type Sync } from './log/log-flush.js';
import { migrate } from './migrations/migrate.js';
import type { Migration } from './migrations/migration.js';
import { codeOf, judgeDamage, toStorageError, withStorageErrors } from './storage-error.js';

/** How a database is opened. */
export interface DatabaseOptions {
  /** Milliseconds to wait for another connection's write. Default 5,000. */
  readonly busyMs?: number;
  /** Bytes up to which every page is checked at open; in a larger file only the table of runs, so that a start stays quick. Default 256 MB. */
  readonly checkBytes?: number;
  /** The schema's steps; tests pass their own. */
  readonly migrations?: readonly Migration[];
  /** Flushes the log; tests pass their own. */
  readonly sync?: Sync;
  /** Examines a file that SQLite calls damaged; tests pass their own. */
  readonly examine?: Examine;
}

/**
 * heddle.db, open and checked. One process writes to a data folder (see lockDataFolder).
 *
 * In joins, parameters are written `+?`: SQLite then plans without their values. Otherwise it compiles the statement again each
 * time, which takes six times as long.
 */
export interface HeddleDatabase {
  readonly file: string;
  readonly connection: Database.Database;
  /** Milliseconds that a commit waits for another program's write. */
  readonly busyMs: number;
  /** The version of the schema that the file had, if this opening brought it to a newer one. */
  readonly migratedFrom: number | undefined;
  /** Errors: `storage_*` if nothing can be committed now, or if the file in the folder is another one. */
  checkWritable(): void;
  /**
   * Errors: `storage_*` if the files in the folder are not the ones that are open, if a file is damaged or may be, or if the disk did not
   * take the log: what is written now would be lost.
   */
  checkInPlace(): void;
  /** From now on checks twice a second whether one of its files or these folders was removed, replaced or cut; `checkInPlace` throws then. */
  watchFiles(folders: readonly string[]): void;
  /** Copies the log into the database file and makes it short, so that nothing that was overwritten is left in it. Errors: `storage_*`. */
  emptyLog(): void;
  /**
   * Writes the file anew without free pages, in which copies of rows can stand that moved between pages, and empties the log. Everything
   * else waits meanwhile. Errors: `storage_*`.
   */
  rewrite(): void;
  /** Calls back once everything that is committed now survives a power loss. The event loop goes on meanwhile. */
  flushLog(waiter: FlushWaiter): void;
  /** The watch is called at each flush, before the waiters. */
  watchFlush(watch: FlushWatch): void;
  /** Flushes what is committed while the event loop waits. Errors: `storage_*`. */
  flushNow(): void;
  /** Resolves once the flushes that were asked for are done. Errors: `storage_*` while the disk does not take them. */
  flushed(): Promise<void>;
  /** Copies the database to a file while it is in use. Errors: `storage_*`. */
  backup(target: string): Promise<void>;
  /** Copies the log into the one file and closes it. */
  close(): void;
}

/** Milliseconds that a write of another program holds up the event loop at most. */
const heldUpMs = 25;

/**
 * Opens or creates the database of a data folder: checked, and with the newest schema.
 *
 * A database is created under another name and linked to its own when it is complete. So a file that is empty was damaged, not
 * interrupted while it was made: it is refused, not filled again.
 *
 * Errors: `storage_corrupt`, `storage_newer`, `storage_read_only`, `storage_full`, `storage_locked`, `storage_failed`.
 *
 * @example const database = openDatabase(join(folder, 'heddle.db'));
 */
export function openDatabase(file: string, options: DatabaseOptions = {}): HeddleDatabase {
  try {
    if (!existsSync(file)) createDatabase(file, options.migrations);
    return openExisting(file, options);
  } catch (error) {
    // SQLite also calls a file damaged that the disk cannot read.
    const isUnread = codeOf(error)?.startsWith('SQLITE_CORRUPT') === true && !canBeRead(file);
    throw toStorageError(isUnread ? Object.assign(new Error('it cannot be read'), { code: 'EIO' }) : error, file);
  }
}

function openExisting(file: string, options: DatabaseOptions): HeddleDatabase {
  const { busyMs = 5_000 } = options;
  const { connection, migratedFrom } = connect(file, busyMs, options);
  const files = new FileWatch(connection, file);
  const log = new LogFlush(file, files, options.sync);
  const damage = createDamageWatch(file, options.examine);
  // An error while the log is flushed names the log.
  const forgetJudges = [file, `${file}-wal`].map((path) => judgeDamage(path, (error) => damage.judge(error)));
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
    rewrite: () => withStorageErrors(file, () => files.rewrite()),
    flushLog: (waiter) => log.flush(waiter),
    watchFlush: (watch) => log.watch(watch),
    flushNow: () => withStorageErrors(`${file}-wal`, () => log.flushNow()),
    flushed: () => (log.isBusy ? new Promise((onSafe, onFault) => log.flush({ onSafe, onFault })) : Promise.resolve()),
    checkWritable: () =>
      withStorageErrors(file, () => {
        checkInPlace();
        refuseReadOnly(connection);
      }),
    async backup(target) {
      try {
        await connection.backup(target);
      } catch (error) {
        throw toStorageError(error, target);
      }
    },
    close() {
      for (const forget of forgetJudges) forget();
      damage.close();
      files.close();
      log.close();
      if (connection.open) connection.close();
    },
  };
}

/** A connection that is checked, and the version of the schema if it was migrated. */
function connect(
  file: string,
  busyMs: number,
  options: DatabaseOptions,
): Pick<HeddleDatabase, 'connection' | 'migratedFrom'> {
  const { size } = statSync(file);
  if (size === 0) throw corrupt(file, 'it is empty');
  const connection = new Database(file, { fileMustExist: true, timeout: busyMs });
  try {
    refuseForeign(connection, file);
    configure(connection);
    checkPages(connection, file, size <= (options.checkBytes ?? 256 * 1024 * 1024));
    const migratedFrom = migrate(connection, file, options.migrations);
    refuseReadOnly(connection);
    // From here on a commit waits for another program outside the event loop (see GroupCommit), not inside SQLite.
    connection.pragma(`busy_timeout = ${Math.min(busyMs, heldUpMs)}`);
    return { connection, migratedFrom };
  } catch (error) {
    connection.close();
    throw error;
  }
}

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

export interface DatabaseOptions {
  /** Milliseconds to wait for another connection's write. Default 5,000. */
  readonly busyMs?: number;
  /**
   * The largest file whose every page is checked at the start; of a larger one, only the table of runs is checked, so that the start stays
   * quick. Default 256 MB.
   */
  readonly checkBytes?: number;
  /** The steps of the schema; tests pass their own. */
  readonly migrations?: readonly Migration[];
  /** Flushes the log; tests pass their own. */
  readonly sync?: Sync;
  /** Checks a file that SQLite reports as damaged; tests pass their own. */
  readonly examine?: Examine;
}

/**
 * heddle.db, open and checked. One process writes to a data folder (see lockDataFolder).
 *
 * In joins, parameters are written `+?`, so that SQLite plans without their values. Otherwise it would compile the statement again each
 * time, which takes six times as long.
 */
export interface HeddleDatabase {
  readonly file: string;
  readonly connection: Database.Database;
  /** How long a commit waits for another program's write, in milliseconds. */
  readonly busyMs: number;
  /** The schema version that the file had, if this start migrated it. */
  readonly migratedFrom: number | undefined;
  /** Errors: `storage_*` if nothing can be committed now, or if the file in the folder is a different one. */
  checkWritable(): void;
  /**
   * Errors: `storage_*` if a write now would be lost: the files in the folder are not the open ones, a file is or may be damaged, or the
   * disk refused the log.
   */
  checkInPlace(): void;
  /**
   * From now on, checks twice a second whether one of its files or these folders was removed, replaced or cut; `checkInPlace` throws then.
   */
  watchFiles(folders: readonly string[]): void;
  /** Copies the log into the database file and truncates it, so that no overwritten data is left in it. Errors: `storage_*`. */
  emptyLog(): void;
  /**
   * Rewrites the file without free pages, which may have copies of rows that moved to other pages, and empties the log. It blocks
   * everything else. Errors: `storage_*`.
   */
  rewrite(): void;
  /** Calls back once everything that is committed now survives a power loss. The event loop continues meanwhile. */
  flushLog(waiter: FlushWaiter): void;
  /** Sets a watch that is called at each flush, before the waiters. */
  watchFlush(watch: FlushWatch): void;
  /** Flushes the commits synchronously. Errors: `storage_*`. */
  flushNow(): void;
  /** Resolves once the requested flushes are done. Errors: `storage_*` while the disk refuses them. */
  flushed(): Promise<void>;
  /** Copies the database to a file while it is in use. Errors: `storage_*`. */
  backup(target: string): Promise<void>;
  /** Copies the log into the database file and closes it. */
  close(): void;
}

/** The longest that a write of another program blocks the event loop, in milliseconds. */
const heldUpMs = 25;

/**
 * Opens or creates the database of a data folder, checks it, and migrates it to the newest schema.
 *
 * A database is created under another name and linked to its own once it is complete. An empty file was therefore damaged and not
 * interrupted during its creation: it is refused, not filled again.
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
    // SQLite also reports damage if the disk cannot read the file.
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
  // Errors of flushing the log name the log.
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

/** Opens and checks a connection; returns it with the earlier schema version, if it was migrated. */
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
    // From here on, a commit waits for another program outside the event loop (see GroupCommit) and not inside SQLite.
    connection.pragma(`busy_timeout = ${Math.min(busyMs, heldUpMs)}`);
    return { connection, migratedFrom };
  } catch (error) {
    connection.close();
    throw error;
  }
}

import type { Tables } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** The stored state of the trusted time. All values are in milliseconds, and times are since the epoch. */
export interface StoredTime {
  /** The last trusted time. */
  readonly time: number;
  /** The latest time by which rights were ended. */
  readonly rights: number;
  /** How far the wall clock was ahead of `time`; negative if it was behind. */
  readonly ahead: number;
  /** For how long the wall clock has differed by this much. */
  readonly agreedMs: number;
}

/** Stores the trusted time in heddle.db, for the next process. */
export interface TrustedTimeStore {
  /** Errors: `storage_*`. */
  read(): StoredTime | undefined;
  /** Replaces the stored state in one commit. Errors: `storage_*`. */
  write(kept: StoredTime): void;
}

/** Creates the store. @example createTrustedTimeStore(database).read()?.time */
export function createTrustedTimeStore({ connection, file }: HeddleDatabase): TrustedTimeStore {
  const select = connection.prepare<[], StoredTime>(
    'SELECT time, rights, ahead, agreed_ms AS agreedMs FROM trusted_time WHERE id = 1',
  );
  const replace = connection.prepare<[number, number, number, number]>(
    'INSERT OR REPLACE INTO trusted_time (id, time, rights, ahead, agreed_ms) VALUES (1, ?, ?, ?, ?)',
  );
  return {
    read: () => withStorageErrors(file, () => select.get()),
    write: ({ time, rights, ahead, agreedMs }) =>
      withStorageErrors(file, () => void replace.run(time, rights, ahead, agreedMs)),
  };
}

/**
 * Stores the trusted time for processes that share a database. All of them write the same row, as long as their clock agrees with that of
 * the database.
 */
interface SharedTrustedTime {
  /** Errors: `database_*`, `storage_*`. */
  read(): Promise<StoredTime | undefined>;
  /** Replaces the stored state in one commit. Errors: `database_*`, `storage_*`. */
  write(kept: StoredTime): Promise<void>;
}

/** Creates the store. @example (await createSharedTrustedTime(tables).read())?.time */
export const createSharedTrustedTime = (tables: Tables): SharedTrustedTime => ({
  read: () =>
    tables.get<StoredTime>('SELECT time, rights, ahead, agreed_ms AS "agreedMs" FROM trusted_time WHERE id = 1'),
  write: ({ time, rights, ahead, agreedMs }) =>
    tables.note([
      {
        sql: `INSERT INTO trusted_time (id, time, rights, ahead, agreed_ms) VALUES (1, @time, @rights, @ahead, @agreedMs)
          ON CONFLICT (id) DO UPDATE SET time = excluded.time, rights = excluded.rights, ahead = excluded.ahead, agreed_ms = excluded.agreed_ms`,
        values: { time, rights, ahead, agreedMs },
      },
    ]),
});

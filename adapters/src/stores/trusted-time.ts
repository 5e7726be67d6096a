import type { Tables } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** What is known about the time, as it is kept between two processes. Epoch milliseconds. */
export interface KeptTime {
  /** The last time that was trusted. */
  readonly time: number;
  /** The latest time by which rights ended. */
  readonly rights: number;
  /** How far the wall clock stood ahead of `time`; negative where it stood behind. */
  readonly ahead: number;
  /** For how long the wall clock has stood so far ahead. */
  readonly agreedMs: number;
}

/** Where the trusted time is kept between two processes on heddle.db. */
export interface TrustedTimeStore {
  /** Errors: `storage_*`. */
  read(): KeptTime | undefined;
  /** Replaces what was kept, in one commit. Errors: `storage_*`. */
  write(kept: KeptTime): void;
}

/** @example createTrustedTimeStore(database).read()?.time */
export function createTrustedTimeStore({ connection, file }: HeddleDatabase): TrustedTimeStore {
  const select = connection.prepare<[], KeptTime>(
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

/** The same for processes that share a database. All of them write the one row, as long as their clock agrees with that of the database. */
interface SharedTrustedTime {
  /** Errors: `database_*`, `storage_*`. */
  read(): Promise<KeptTime | undefined>;
  /** Replaces what was kept, in one commit. Errors: `database_*`, `storage_*`. */
  write(kept: KeptTime): Promise<void>;
}

/** @example (await createSharedTrustedTime(tables).read())?.time */
export const createSharedTrustedTime = (tables: Tables): SharedTrustedTime => ({
  read: () =>
    tables.get<KeptTime>('SELECT time, rights, ahead, agreed_ms AS "agreedMs" FROM trusted_time WHERE id = 1'),
  write: ({ time, rights, ahead, agreedMs }) =>
    tables.note([
      {
        sql: `INSERT INTO trusted_time (id, time, rights, ahead, agreed_ms) VALUES (1, @time, @rights, @ahead, @agreedMs)
          ON CONFLICT (id) DO UPDATE SET time = excluded.time, rights = excluded.rights, ahead = excluded.ahead, agreed_ms = excluded.agreed_ms`,
        values: { time, rights, ahead, agreedMs },
      },
    ]),
});

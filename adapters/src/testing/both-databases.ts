import type { TablesSubject } from '@heddle/core/testing';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import { newDatabase } from './new-database.js';
import { openTestDatabase } from './test-database.js';
import { temporaryFolder } from './temporary-folder.js';
import { wallClock } from './wall-clock.js';

/** A kind of database on which suites of stores run. */
export interface TestedDatabase {
  /** Empties the database except for the default project, and returns its tables as two processes see them. */
  reset(): Promise<TablesSubject>;
  close(): Promise<void>;
}

/** The databases on which suites of stores run. @example for (const [name, open] of bothDatabases) describe(name, () => …) */
export const bothDatabases: readonly (readonly [name: string, open: () => Promise<TestedDatabase>])[] = [
  ['SQLite', () => Promise.resolve(openSqlite())],
  ['Postgres', openInnerPostgres],
];

function openSqlite(): TestedDatabase {
  const temporary = temporaryFolder();
  let opened: HeddleDatabase[] = [];
  let number = 0;
  const closeAll = (): void => {
    for (const database of opened) database.close();
    opened = [];
  };
  return {
    reset() {
      closeAll();
      const file = newDatabase(temporary.folder, `${(number += 1)}.db`);
      opened = [openDatabase(file), openDatabase(file)];
      const [one, other] = opened.map(sqliteTables);
      return Promise.resolve({ one: one!, other: other! });
    },
    close() {
      closeAll();
      temporary.remove();
      return Promise.resolve();
    },
  };
}

async function openInnerPostgres(): Promise<TestedDatabase> {
  const postgres = await openTestDatabase();
  const opened: PostgresDatabase[] = [];
  const open = async (): Promise<PostgresDatabase> => {
    const database = await openPostgres({ url: postgres.url, clock: wallClock, connections: 2 });
    opened.push(database);
    return database;
  };
  const close = async (): Promise<void> => {
    for (const database of opened) await database.close();
    await postgres.close();
  };
  try {
    const one = postgresTables(await open());
    const other = postgresTables(await open());
    return {
      close,
      async reset() {
        await postgres.query(emptyStores);
        // Updates the caches of both after the deletion.
        await Promise.all([one.refresh(), other.refresh()]);
        return { one, other };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Empties all tables of stores, except for the default project. `bundles` comes last, because other rows refer to it. */
export const emptyStores = `DO $body$ DECLARE name text; BEGIN
  ALTER TABLE heddle.audit DISABLE TRIGGER USER;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'heddle' AND tablename NOT IN ('schema_version', 'projects')
    ORDER BY tablename = 'bundles', tablename COLLATE "C" LOOP
    EXECUTE 'DELETE FROM heddle.' || quote_ident(name);
  END LOOP;
  ALTER TABLE heddle.audit ENABLE TRIGGER USER;
  DELETE FROM heddle.projects WHERE id <> 'default';
END $body$`;

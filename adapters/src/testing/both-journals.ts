import { join } from 'node:path';
import type { Journal, Tables } from '@heddle/core';
import { FolderBlobs } from '../blobs/index.js';
import { inJournal, type RunProjection } from '../database/journal-projection.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { createPostgresJournal } from '../journal/postgres/postgres-journal.js';
import { createSqliteJournal } from '../journal/sqlite-journal.js';
import { openPostgres } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import { emptyStores } from './both-databases.js';
import { temporaryFolder } from './temporary-folder.js';
import { openTestDatabase } from './test-database.js';
import { wallClock } from './wall-clock.js';

/** An empty database for a journal, with blobs. */
export interface TestedJournal {
  readonly tables: Tables;
  readonly blobs: FolderBlobs;
  readonly isFile: boolean;
  /** The file of heddle.db, or the address of the database on the server. */
  readonly location: string;
  journalWith(projections: readonly RunProjection[]): Journal;
  columns(): Promise<readonly { readonly table: string; readonly column: string }[]>;
  /** Removes foreign keys, so that rows may refer to missing ones. */
  dropReferences(): Promise<void>;
  /** Writes a database file again without its free space. */
  rewrite(): void;
}

/** A kind of database on which suites of projections run. */
export interface TestedJournals {
  reset(): Promise<TestedJournal>;
  close(): Promise<void>;
}

/** The databases on which suites of projections run. @example for (const [name, open] of bothJournals) describe(name, () => …) */
export const bothJournals: readonly (readonly [name: string, open: () => Promise<TestedJournals>])[] = [
  ['SQLite', () => Promise.resolve(openSqlite())],
  ['Postgres', openInnerPostgres],
];

function openSqlite(): TestedJournals {
  const temporary = temporaryFolder();
  const blobs = new FolderBlobs(join(temporary.folder, 'blobs'));
  let database: HeddleDatabase | undefined;
  let number = 0;
  return {
    reset() {
      database?.close();
      const opened = openDatabase(join(temporary.folder, `${(number += 1)}.db`));
      database = opened;
      const journalWith = (projections: readonly RunProjection[]): Journal =>
        createSqliteJournal(opened, {
          blobs,
          clock: wallClock,
          projections: projections.map((projection) => inJournal(opened, projection)),
        });
      const tables = sqliteTables(opened);
      return Promise.resolve({
        tables,
        blobs,
        isFile: true,
        location: opened.file,
        journalWith,
        columns: () => tables.all(columnsOfFile),
        dropReferences: () => Promise.resolve(void opened.connection.pragma('foreign_keys = OFF')),
        rewrite: () => opened.rewrite(),
      });
    },
    close() {
      database?.close();
      temporary.remove();
      return Promise.resolve();
    },
  };
}

async function openInnerPostgres(): Promise<TestedJournals> {
  const temporary = temporaryFolder();
  const blobs = new FolderBlobs(join(temporary.folder, 'blobs'));
  const postgres = await openTestDatabase();
  const database = await openPostgres({ url: postgres.url, clock: wallClock, connections: 2 });
  const tables = postgresTables(database);
  const journalWith = (projections: readonly RunProjection[]): Journal =>
    createPostgresJournal(database, { blobs, clock: wallClock, projections });
  return {
    async reset() {
      await postgres.query(emptyStores);
      await tables.refresh();
      return {
        tables,
        blobs,
        isFile: false,
        location: postgres.url,
        journalWith,
        columns: () => tables.all(columnsOfServer),
        dropReferences: async () => void (await postgres.query(dropReferences)),
        rewrite: () => undefined,
      };
    },
    async close() {
      await database.close();
      await postgres.close();
      temporary.remove();
    },
  };
}

const columnsOfFile = `SELECT tables.name AS "table", columns.name AS "column" FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
  WHERE tables.type = 'table'`;
const columnsOfServer = `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns WHERE table_schema = 'heddle'`;

const dropReferences = `DO $body$ DECLARE found record; BEGIN
  FOR found IN SELECT conrelid::regclass AS name, conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'heddle'::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.name, found.conname);
  END LOOP;
END $body$`;

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

/** A database with a journal, for suites of stores that write in the commits of runs. */
export interface TestedJournals {
  reset(): Promise<{ readonly tables: Tables; journalWith(projections: readonly RunProjection[]): Journal }>;
  close(): Promise<void>;
}

/** What suites of projections run on. @example for (const [name, open] of bothJournals) describe(name, () => …) */
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
          ...{ blobs, clock: wallClock },
          projections: projections.map((projection) => inJournal(opened, projection)),
        });
      return Promise.resolve({ tables: sqliteTables(opened), journalWith });
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
      return { tables, journalWith };
    },
    async close() {
      await database.close();
      await postgres.close();
      temporary.remove();
    },
  };
}

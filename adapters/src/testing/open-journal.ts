import { join } from 'node:path';
import type { Journal } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { FolderBlobs } from '../blobs/index.js';
import { openDatabase, type DatabaseOptions, type HeddleDatabase } from '../database/open-database.js';
import { createSqliteJournal } from '../journal/sqlite-journal.js';

export interface OpenJournal {
  readonly journal: Journal;
  readonly database: HeddleDatabase;
  readonly blobs: FolderBlobs;
  readonly clock: FakeClock;
  close(): Promise<void>;
}

/** Opens the journal of a data folder. */
export function openJournal(folder: string, options: DatabaseOptions = {}): OpenJournal {
  const database = openDatabase(join(folder, 'heddle.db'), options);
  const blobs = new FolderBlobs(join(folder, 'blobs'));
  const clock = createFakeClock(1_000);
  const journal = createSqliteJournal(database, { blobs, clock });
  return {
    journal,
    database,
    blobs,
    clock,
    async close() {
      await journal.close();
      database.close();
    },
  };
}

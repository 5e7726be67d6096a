import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { createFakeClock, journalSuite } from '@heddle/core/testing';
import { FolderBlobs } from '../blobs/index.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createSqliteJournal } from './sqlite-journal.js';

describe('SQLite journal', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  beforeEach(() => {
    temporary = temporaryFolder();
    database = openDatabase(join(temporary.folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    temporary.remove();
  });

  for (const promise of journalSuite) {
    it(promise.name, async () => {
      const journal = createSqliteJournal(database, {
        blobs: new FolderBlobs(join(temporary.folder, 'blobs')),
        clock: createFakeClock(),
      });
      await promise.run(journal);
      await journal.close();
    });
  }
});

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Journal } from '@heddle/core';
import { acceptRun, createFakeClock, records } from '@heddle/core/testing';
import { FolderBlobs } from '../../blobs/index.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import type { JournalProjection } from '../../database/journal-projection.js';
import { openDatabase, type HeddleDatabase } from '../../database/open-database.js';
import { createSqliteJournal } from '../sqlite-journal.js';

describe('journal projections', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  beforeEach(() => {
    temporary = temporaryFolder();
    database = openDatabase(join(temporary.folder, 'heddle.db'));
    database.connection.exec("CREATE TABLE seen (run TEXT NOT NULL, type TEXT NOT NULL CHECK (type <> 'node-log'))");
  });
  afterEach(() => {
    database.close();
    temporary.remove();
  });

  const open = (projection: JournalProjection): Journal =>
    createSqliteJournal(database, {
      blobs: new FolderBlobs(join(temporary.folder, 'blobs')),
      clock: createFakeClock(),
      projections: [projection],
    });
  const seen = (): unknown[] => database.connection.prepare('SELECT run, type FROM seen').raw().all();
  const noting = (types: JournalProjection['types']): JournalProjection => {
    const insert = database.connection.prepare<[string, string]>('INSERT INTO seen VALUES (?, ?)');
    return {
      types,
      write: (runId, read) => read.forEach((record) => insert.run(runId, record.type)),
      accept: (run, hash) => void insert.run(run.runId, hash.slice(0, 6)),
    };
  };

  it('receive acceptances and the records that they name, in the same commit', async () => {
    const journal = open(noting(['node-end']));
    await acceptRun(journal, 'a');
    await journal.append('a', [records.runStart(), records.nodeStart('x'), records.nodeEnd('x')]);
    await journal.append('a', [records.runEnd()]);
    expect(seen()).toEqual([
      ['a', expect.any(String)],
      ['a', 'node-end'],
    ]);
    await journal.close();
  });

  it('fail only the append that they cannot process', async () => {
    const journal = open(noting(['node-log', 'node-end']));
    await Promise.all([acceptRun(journal, 'a'), acceptRun(journal, 'b')]);
    const log = { type: 'node-log', time: 1, path: 'x', attempt: 1, level: 'info', message: 'm' } as const;
    const [refused, kept] = await Promise.allSettled([
      Promise.resolve(journal.append('a', [records.nodeStart('x'), log])),
      Promise.resolve(journal.append('b', [records.nodeStart('x'), records.nodeEnd('x')])),
    ]);
    expect([refused.status, kept.status]).toEqual(['rejected', 'fulfilled']);
    expect((await journal.events('a')).length).toBe(0);
    expect((await journal.events('b')).map(({ type }) => type)).toEqual(['node-start', 'node-end']);
    await journal.close();
  });
});

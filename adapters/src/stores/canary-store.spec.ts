import { afterEach, describe, expect, it } from '@jest/globals';
import type { LivePointer, WorkflowVersion } from '@heddle/core';
import { acceptRun, bundleNamed, createFakeClock, records } from '@heddle/core/testing';
import { join } from 'node:path';
import { FolderBlobs } from '../blobs/index.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createCanaryStore } from './canary-store.js';
import { openDatabase } from '../database/open-database.js';
import { createSqliteJournal } from '../journal/sqlite-journal.js';
import { createVersionStore } from './version-store.js';

const version: Omit<WorkflowVersion, 'version'> = {
  workflowId: 'w',
  hash: 'h',
  author: 'local',
  note: '',
  publishedAt: 1,
  references: [],
  dataMap: [],
  replyClearance: 'internal',
};
const canary = (number: number, share = 0.5): LivePointer => ({ version: 1, canary: { version: number, share } });

let temporary = temporaryFolder();
afterEach(() => {
  temporary.remove();
  temporary = temporaryFolder();
});

async function open() {
  const database = openDatabase(join(temporary.folder, 'heddle.db'));
  const store = createCanaryStore(database);
  const versions = createVersionStore(database);
  const journal = createSqliteJournal(database, {
    blobs: new FolderBlobs(join(temporary.folder, 'blobs')),
    clock: createFakeClock(),
    projections: [store.projection],
  });
  while ((await versions.list('w')).length < 3) await versions.add(version, bundleNamed('Sample'));
  const begin = (runId: string, of: number, origin?: string): Promise<string> =>
    acceptRun(journal, runId, { workflowId: 'w', version: of, origin });
  const end = async (runId: string, status: 'done' | 'failed', ms: number): Promise<void> => {
    await journal.append(runId, [records.runEnd(status, 1_000 + ms)]);
  };
  const close = async (): Promise<void> => {
    await journal.close();
    database.close();
  };
  return { store, versions, begin, end, close };
}

describe('the count of a canary', () => {
  it('has each of its runs once, and is there after a restart', async () => {
    const first = await open();
    await first.versions.setLive('w', canary(2));
    for (const [runId, of] of [
      ['a', 2],
      ['b', 2],
      ['c', 1],
      ['d', 2],
    ] as const)
      await first.begin(runId, of);
    await first.end('a', 'failed', 100);
    await first.end('b', 'done', 300);
    await first.end('c', 'failed', 900);
    await first.close();
    const second = await open();
    expect(second.store.get('w')).toEqual({
      workflowId: 'w',
      version: 2,
      figures: { runs: 2, failed: 1, meanMs: 200 },
    });
    await second.end('d', 'done', 500);
    expect(second.store.list().map(({ figures }) => figures)).toEqual([{ runs: 3, failed: 1, meanMs: 300 }]);
    await second.close();
  });

  it('knows nothing of runs from before it was one, and of runs that go on from others', async () => {
    const { store, versions, begin, end, close } = await open();
    await begin('before', 2);
    await versions.setLive('w', canary(2));
    await begin('resumed', 2, 'before');
    await end('before', 'failed', 1);
    await end('resumed', 'failed', 1);
    expect(store.get('w')?.figures).toEqual({ runs: 0, failed: 0, meanMs: 0 });
    await close();
  });

  it('goes on under another share, begins anew with another version, and ends with the canary', async () => {
    const { store, versions, begin, end, close } = await open();
    const received: string[] = [];
    store.whenCounted((workflowId) => received.push(workflowId));
    await versions.setLive('w', canary(2));
    await begin('a', 2);
    await end('a', 'failed', 1);
    await versions.setLive('w', canary(2, 0.9));
    expect([store.get('w')?.figures.runs, received]).toEqual([1, ['w']]);
    await versions.setLive('w', canary(3));
    expect(store.get('w')).toMatchObject({ version: 3, figures: { runs: 0 } });
    await versions.setLive('w', { version: 3 });
    expect(store.get('w')).toBeUndefined();
    await close();
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import type { PlanBundle, RunAcceptance } from '@heddle/core';
import { join } from 'node:path';
import { FolderBlobs } from '../blobs/index.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createIdempotencyKeys } from './idempotency-keys.js';
import { openDatabase } from '../database/open-database.js';
import { createSqliteJournal } from '../journal/sqlite-journal.js';

const temporary = temporaryFolder();
afterEach(() => temporary.remove());
const bundle: PlanBundle = { document: { heddle: 2, name: 'Empty', nodes: {}, edges: [] }, workflows: {} };
const run = (runId: string, key: string): RunAcceptance => ({
  runId,
  workflowId: undefined,
  workflowName: 'Empty',
  time: 1,
  trigger: 'published',
  inputs: {},
  options: {},
  rootId: runId,
  origin: undefined,
  reused: [],
  idempotency: { scope: 'key:a', key, requestHash: 'sha256:1' },
});

describe('names of requests', () => {
  it('are committed with their run, refuse a second one, and are forgotten after a day', async () => {
    let now = 1_000;
    const clock = { now: () => now, at: () => () => undefined };
    const open = () => {
      const database = openDatabase(join(temporary.folder, 'heddle.db'));
      const keys = createIdempotencyKeys(database, clock);
      const journal = createSqliteJournal(database, {
        blobs: new FolderBlobs(join(temporary.folder, 'blobs')),
        clock,
        projections: [keys],
      });
      return { database, keys, journal };
    };
    const first = open();
    const both = await Promise.allSettled([
      first.journal.accept(run('a', 'k'), bundle),
      first.journal.accept(run('b', 'k'), bundle),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(first.journal.summary('b')).rejects.toMatchObject({ code: 'run_not_found' });
    await first.journal.close();
    first.database.close();

    const second = open();
    expect(await second.keys.find('key:a', 'k')).toEqual({ runId: 'a', requestHash: 'sha256:1' });
    expect(await second.keys.find('key:b', 'k')).toBeUndefined();
    now += 25 * 3_600_000;
    expect(await second.keys.find('key:a', 'k')).toBeUndefined();
    await second.journal.accept(run('c', 'k'), bundle);
    expect((await second.keys.find('key:a', 'k'))?.runId).toBe('c');
    await second.journal.close();
    second.database.close();
  });
});

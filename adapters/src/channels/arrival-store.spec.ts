import type { Journal, RunAcceptance } from '@heddle/core';
import { acceptanceOf, bundleNamed } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createIdempotencyKeys } from '../stores/idempotency-keys.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { wallClock } from '../testing/wall-clock.js';
import { createArrivalStore, mostArrivals, nowScope, type ArrivalStore } from './arrival-store.js';
import { scheduleScope } from './channel-store.js';

const run = (runId: string, scope: string, key: string): RunAcceptance =>
  acceptanceOf(runId, { time: 7, idempotency: { scope, key, requestHash: 'sha256:1' } });

describe.each(bothJournals)('arrivals in %s', (_name, open) => {
  let opened: TestedJournals;
  let journal: Journal;
  let fresh: Awaited<ReturnType<TestedJournals['reset']>>;
  let store: ArrivalStore;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    fresh = await opened.reset();
    store = createArrivalStore(fresh.tables);
    journal = fresh.journalWith([store.projection]);
  });
  afterEach(() => journal.close());
  const accept = (runId: string, scope: string, key: string) =>
    journal.accept(run(runId, scope, key), bundleNamed('W'));

  it('are written with the run that they started, for webhooks and schedules only', async () => {
    await accept('r1', 'hook:h', 'm1');
    await accept('r2', 'key:k', 'm1');
    await accept('r3', scheduleScope('s'), '1700');
    await accept('r4', nowScope('s'), 'n_1');
    expect(await store.list('h', 9)).toMatchObject([{ at: 7, key: 'm1', runId: 'r1' }]);
    expect((await store.list('s', 9)).map(({ key, runId }) => [key, runId])).toEqual([
      ['now', 'r4'],
      ['1700', 'r3'],
    ]);
  });

  it('are bounded in number and size', async () => {
    await accept('r1', 'hook:h', 'good');
    for (let index = 0; index < mostArrivals + 30; index += 1)
      await store.refused('h', index, 'k'.repeat(9_000), { code: 'signature_invalid', message: 'm'.repeat(9_000) });
    const all = await store.list('h', 1_000);
    expect(all).toHaveLength(mostArrivals + 1);
    expect(all.at(-1)).toMatchObject({ runId: 'r1' });
    expect([all[0]?.key.length, all[0]?.error?.message.length]).toEqual([255, 500]);
  });

  it('are not stored when their run is refused: its key or its id is taken', async () => {
    await journal.close();
    journal = fresh.journalWith([createIdempotencyKeys(fresh.tables, wallClock).projection, store.projection]);
    await accept('r1', 'hook:h', 'm1');
    const again = await Promise.allSettled([accept('r2', 'hook:h', 'm2'), accept('r3', 'hook:h', 'm2')]);
    expect(again.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(accept('r1', 'hook:h', 'm3')).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.list('h', 9)).toHaveLength(2);
  });
});

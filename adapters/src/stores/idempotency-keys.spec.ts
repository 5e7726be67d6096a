import type { Journal, RunAcceptance, Tables } from '@heddle/core';
import { acceptanceOf, bundleNamed } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { createIdempotencyKeys, type StoredIdempotencyKeys } from './idempotency-keys.js';

const hour = 3_600_000;
const run = (runId: string, key: string, scope = 'key:a'): RunAcceptance =>
  acceptanceOf(runId, { idempotency: { scope, key, requestHash: 'sha256:1' } });

describe.each(bothJournals)('idempotency keys in %s', (_name, open) => {
  let opened: TestedJournals;
  let journal: Journal;
  let tables: Tables;
  let now: number;
  let keys: StoredIdempotencyKeys;
  const clock = { now: () => now };
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    now = 1_000_000;
    tables = fresh.tables;
    keys = createIdempotencyKeys(tables, clock);
    journal = fresh.journalWith([keys.projection]);
  });
  afterEach(() => journal.close());

  const accept = (acceptance: RunAcceptance): Promise<string> => journal.accept(acceptance, bundleNamed('A'));
  const count = async (): Promise<number | undefined> =>
    (await tables.get<{ readonly n: number }>('SELECT count(*) AS n FROM idempotency_keys'))?.n;

  it('are committed with their run, and let one of many runs begin', async () => {
    const ids = Array.from({ length: 8 }, (_, index) => `r${index}`);
    const asked = await Promise.allSettled(ids.map((id) => accept(run(id, 'k'))));
    const begun = asked.flatMap(({ status }, index) => (status === 'fulfilled' ? [ids[index]] : []));
    expect(begun).toHaveLength(1);
    for (const one of asked)
      if (one.status === 'rejected')
        expect(one.reason).toMatchObject({ code: 'idempotency_conflict', details: { key: 'k' } });
    expect((await journal.list({})).map(({ runId }) => runId)).toEqual(begun);
    expect(await keys.find('key:a', 'k')).toEqual({ runId: begun[0], requestHash: 'sha256:1' });
  });

  it('belong to their caller; a run without one needs none', async () => {
    await accept(run('a', 'k'));
    await accept(run('b', 'k', 'key:b'));
    await accept(acceptanceOf('c'));
    await accept(acceptanceOf('d'));
    expect((await keys.find('key:b', 'k'))?.runId).toBe('b');
    expect(await keys.find('key:c', 'k')).toBeUndefined();
    expect(await keys.find('key:a', "k' OR 1")).toBeUndefined();
  });

  it('are not stored when their run is refused', async () => {
    await accept(run('a', 'k'));
    await expect(accept(run('a', 'other'))).rejects.toMatchObject({ code: 'conflict' });
    expect(await keys.find('key:a', 'other')).toBeUndefined();
    await accept(run('b', 'other'));
    expect((await keys.find('key:a', 'other'))?.runId).toBe('b');
  });

  it('expire after a day, can be reused by one run only, and are then removed', async () => {
    for (const key of ['k', 'l', 'm']) await accept(run(`first ${key}`, key));
    now += 23 * hour;
    await expect(accept(run('early', 'k'))).rejects.toMatchObject({ code: 'idempotency_conflict' });
    now += 2 * hour;
    expect(await keys.find('key:a', 'k')).toBeUndefined();
    const again = await Promise.allSettled(['a', 'b', 'c'].map((id) => accept(run(id, 'k'))));
    expect(again.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await keys.find('key:a', 'k')).toBeDefined();
    // Keys that a refused acceptance would have removed are removed a minute later.
    now += 61_000;
    await accept(run('later', 'n'));
    expect(await count()).toBe(2);
  });

  it('can be reused after they expired and before they are removed', async () => {
    await accept(run('old', 'k'));
    now += 24 * hour - 30_000;
    await accept(run('other', 'l'));
    now += 45_000;
    await accept(run('new', 'k'));
    expect([(await keys.find('key:a', 'k'))?.runId, await count()]).toEqual(['new', 2]);
  });
});

import { labelOf, type CacheOwner, type CacheScope } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { migrations } from '../database/migrations/migrations.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createCaches } from './create-caches.js';

const internal = labelOf('internal');
const confidential = labelOf('confidential');
const restricted = labelOf('restricted');
const owner: CacheOwner = { project: 'default', workflow: 'w', edition: 'version 1', isPublished: true };
const temporary: CacheScope = { name: '', isShared: false };
const shared: CacheScope = { name: 'prices', isShared: true };
const hour = 3_600_000;

describe('the caches in SQLite', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  beforeEach(() => {
    folder = temporaryFolder();
    database = openDatabase(join(folder.folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    folder.remove();
  });
  const open = () => {
    const clock = createFakeClock();
    return { clock, caches: createCaches(database, clock) };
  };

  it('keep a result with its label and cost for its time', async () => {
    const { clock, caches } = open();
    const cache = caches.of(owner);
    const label = labelOf('confidential', ['untrusted']);
    await cache.set(temporary, 'k', { value: { x: 1 }, label, cost: 0.5, currency: 'USD' }, 1_000);
    const { entry } = await cache.get(temporary, 'k', restricted);
    expect(entry).toEqual({ value: { x: 1 }, label, cost: 0.5, currency: 'USD', storedAt: clock.now() });
    expect(await cache.get({ ...temporary, name: 'other' }, 'k', restricted)).toEqual({});
    await clock.advance(1_000);
    expect(await cache.get(temporary, 'k', restricted)).toEqual({});
  });

  it('give a reader what is at most at its level, the newest of it, and only say that more is kept', async () => {
    const { clock, caches } = open();
    const cache = caches.of(owner);
    await cache.set(temporary, 'k', { value: 'for many', label: internal }, hour);
    await clock.advance(1);
    await cache.set(temporary, 'k', { value: 'for few', label: restricted }, hour);
    expect((await cache.get(temporary, 'k', internal)).entry?.value).toBe('for many');
    expect((await cache.get(temporary, 'k', restricted)).entry?.value).toBe('for few');
    expect(await cache.get(temporary, 'k', labelOf('public'))).toEqual({ above: 'internal' });
    const vector = Float32Array.of(1, 0);
    await cache.set(temporary, 'near', { value: 'secret', label: confidential, vector, model: 'm' }, hour);
    const like = { vector, model: 'm', minSimilarity: 0.9 };
    expect(await cache.nearest(temporary, like, internal)).toEqual({ above: 'confidential' });
    expect((await cache.nearest(temporary, like, confidential)).entry).toMatchObject({
      value: 'secret',
      similarity: 1,
    });
  });

  it('find the nearest vector of one model, exactly, and none of another length', async () => {
    const cache = open().caches.of(owner);
    const add = (key: string, at: CacheScope, model: string, ...vector: number[]) =>
      cache.set(at, key, { value: key, label: internal, vector: Float32Array.from(vector), model }, hour);
    await add('east', temporary, 'm', 1, 0);
    await add('north', temporary, 'm', 0, 1);
    await add('other', shared, 'm', 0.9, 0.1);
    await add('of another model', temporary, 'n', 0.9, 0.1);
    const found = async (minSimilarity: number, ...vector: number[]) =>
      (await cache.nearest(temporary, { vector: Float32Array.from(vector), model: 'm', minSimilarity }, internal))
        .entry;
    expect(await found(0.9, 0.9, 0.1)).toMatchObject({ value: 'east' });
    expect(await found(0.9, 0.7, 0.7)).toBeUndefined();
    expect(await found(0, 1, 0, 0)).toBeUndefined();
  });

  it('hold what this owner kept, whoever else keeps something under the same names', async () => {
    const caches = open().caches;
    const few = (letter: string) => fc.constantFrom(`${letter}1`, `${letter}2`, '');
    const write = fc.record({
      project: few('p'),
      workflow: few('w'),
      edition: few('e'),
      isPublished: fc.boolean(),
      name: few('n'),
      isShared: fc.boolean(),
      key: few('k'),
    });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 20 }), async (writes) => {
        const prefix = `${(count += 1)} `;
        const expected = new Map<string, unknown>();
        // A shared cache belongs to the project and has no edition but whether it is published.
        const nameOf = ({ isShared, isPublished, project, workflow, edition, name, key }: (typeof writes)[number]) =>
          JSON.stringify([project, name, key, ...(isShared ? ['shared', isPublished] : [workflow, edition])]);
        for (const [index, one] of writes.entries()) {
          const temporary = { name: prefix + one.name, isShared: one.isShared };
          await caches.of(one).set(temporary, one.key, { value: index, label: internal }, hour);
          expected.set(nameOf(one), index);
        }
        for (const one of writes) {
          const { entry } = await caches
            .of(one)
            .get({ name: prefix + one.name, isShared: one.isShared }, one.key, internal);
          expect(entry?.value).toBe(expected.get(nameOf(one)));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('count what hits saved, and are emptied by project, workflow and name', async () => {
    const { caches } = open();
    const cache = caches.of(owner);
    await cache.set(temporary, 'k', { value: 1, label: internal, cost: 0.25, currency: 'USD' }, hour);
    await cache.set(shared, 'k', { value: 1, label: internal }, hour);
    await caches.of({ ...owner, project: 'other' }).set(shared, 'k', { value: 2, label: internal }, hour);
    for (let hit = 0; hit < 3; hit += 1) await cache.get(temporary, 'k', internal);
    await cache.get(shared, 'k', internal);
    await cache.get(temporary, 'unknown', internal);
    expect(caches.list({ projects: ['default'] })).toEqual([
      { project: 'default', name: 'prices', entries: 1, hits: 1, saved: {} },
      { project: 'default', workflow: 'w', name: '', entries: 1, hits: 3, saved: { USD: 0.75 } },
    ]);
    expect(caches.clear({ projects: ['default'], workflow: 'w' })).toBe(1);
    expect(await cache.get(temporary, 'k', internal)).toEqual({});
    expect(caches.clear({ projects: ['default'], name: 'prices' })).toBe(1);
    expect(caches.list({ projects: ['default', 'other'] }).map(({ entries, hits }) => [entries, hits])).toEqual([
      [0, 1],
      [0, 3],
      [1, 0],
    ]);
  });

  it('keep no result of before, which nothing tells the project of', async () => {
    const file = join(folder.folder, 'old.db');
    const first = migrations.findIndex(({ name }) => name === 'cache entries by project');
    const old = openDatabase(file, { migrations: migrations.slice(0, first) });
    old.connection.exec(
      `INSERT INTO cache_entries VALUES ('workflow', 'k', '1', '{"level":"public","marks":[]}', NULL, NULL, NULL, 0, 9e15)`,
    );
    old.close();
    const now = openDatabase(file);
    const caches = createCaches(now, createFakeClock());
    expect(caches.list({ projects: ['default'] })).toEqual([]);
    expect(await caches.of(owner).get(temporary, 'k', restricted)).toEqual({});
    now.close();
  });
});

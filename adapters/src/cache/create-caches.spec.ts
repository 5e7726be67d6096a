import { labelOf, type CacheOwner, type CacheScope, type Tables } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { migrations } from '../database/migrations/migrations.js';
import { openDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { createCaches } from './create-caches.js';

const internal = labelOf('internal');
const confidential = labelOf('confidential');
const restricted = labelOf('restricted');
const owner: CacheOwner = { project: 'default', workflow: 'w', edition: 'version 1', isPublished: true };
const temporary: CacheScope = { name: '', isShared: false };
const shared: CacheScope = { name: 'prices', isShared: true };
const hour = 3_600_000;

describe.each(bothDatabases)('the caches in %s', (_name, open) => {
  let opened: TestedDatabase;
  let tables: Tables;
  let otherTables: Tables;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    [tables, otherTables] = [fresh.one, fresh.other];
  });
  const openCaches = () => {
    const clock = createFakeClock();
    return { clock, caches: createCaches(tables, clock) };
  };

  it('keep a result with its label and cost until it expires', async () => {
    const { clock, caches } = openCaches();
    const cache = caches.of(owner);
    const label = labelOf('confidential', ['untrusted']);
    await cache.set(temporary, 'k', { value: { x: 1 }, label, cost: 0.5, currency: 'USD' }, 1_000);
    const { entry } = await cache.get(temporary, 'k', restricted);
    expect(entry).toEqual({ value: { x: 1 }, label, cost: 0.5, currency: 'USD', storedAt: clock.now() });
    expect(await cache.get({ ...temporary, name: 'other' }, 'k', restricted)).toEqual({});
    await clock.advance(1_000);
    expect(await cache.get(temporary, 'k', restricted)).toEqual({});
  });

  it('give a reader the newest entry up to its level, and report only that an entry above exists', async () => {
    const { clock, caches } = openCaches();
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

  it('find the nearest vector of one model, by exact search, and none of another length', async () => {
    const cache = openCaches().caches.of(owner);
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

  it('return what this owner stored, although other owners use the same names', async () => {
    const { caches } = openCaches();
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
        // A shared cache belongs to the project; of the edition it keeps only whether it is published.
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
    const { caches } = openCaches();
    const cache = caches.of(owner);
    await cache.set(temporary, 'k', { value: 1, label: internal, cost: 0.25, currency: 'USD' }, hour);
    await cache.set(shared, 'k', { value: 1, label: internal }, hour);
    await caches.of({ ...owner, project: 'other' }).set(shared, 'k', { value: 2, label: internal }, hour);
    for (let hit = 0; hit < 3; hit += 1) await cache.get(temporary, 'k', internal);
    await cache.get(shared, 'k', internal);
    await cache.get(temporary, 'unknown', internal);
    expect(await caches.list({ projects: ['default'] })).toEqual([
      { project: 'default', name: 'prices', entries: 1, hits: 1, saved: {} },
      { project: 'default', workflow: 'w', name: '', entries: 1, hits: 3, saved: { USD: 0.75 } },
    ]);
    expect(await caches.clear({ projects: ['default'], workflow: 'w' })).toBe(1);
    expect(await cache.get(temporary, 'k', internal)).toEqual({});
    expect(await caches.clear({ projects: ['default'], name: 'prices' })).toBe(1);
    expect((await caches.list({ projects: ['default', 'other'] })).map(({ entries, hits }) => [entries, hits])).toEqual(
      [
        [0, 1],
        [0, 3],
        [1, 0],
      ],
    );
  });

  it('keep results that two processes store at once, each once', async () => {
    const { clock, caches } = openCaches();
    const other = createCaches(otherTables, clock);
    const keys = Array.from({ length: 6 }, (_, index) => `k${index}`);
    await Promise.all(
      keys.flatMap((key, index) =>
        [caches, other].map((each) => each.of(owner).set(temporary, key, { value: index, label: internal }, hour)),
      ),
    );
    const hits = await Promise.all(
      keys.flatMap((key) => [caches, other].map((each) => each.of(owner).get(temporary, key, internal))),
    );
    expect(hits.every(({ entry }) => entry !== undefined)).toBe(true);
    expect(await other.list({ projects: ['default'] })).toMatchObject([{ entries: 6, hits: 12 }]);
  });

  it('keep at most ten thousand results, the newest, and search all of them', async () => {
    const { clock, caches } = openCaches();
    const cache = caches.of(owner);
    const vector = Float32Array.of(1, 0);
    await cache.set(temporary, 'first', { value: 'first', label: internal, vector, model: 'm' }, hour);
    const found = await tables.get<{ readonly edition: string }>('SELECT edition FROM cache_entries');
    const rows = Array.from({ length: 10_000 }, (_, index) => ({
      sql: `INSERT INTO cache_entries (cache, edition, key, level, value, label, vector, model, stored_at, expires_at)
        SELECT number, @edition, @key, 1, '"n"', @label, @vector, 'm', @now, @expires FROM caches`,
      values: {
        edition: found?.edition ?? '',
        key: `k${index}`,
        label: JSON.stringify(internal),
        vector: Buffer.from(Float32Array.of(0, 1).buffer),
        now: clock.now() + 1,
        expires: clock.now() + hour,
      },
    }));
    // Small batches: a busy Postgres may need longer for all rows than a transaction may take.
    for (let at = 0; at < rows.length; at += 1_000) await tables.note(rows.slice(at, at + 1_000));
    await clock.advance(2);
    expect((await cache.nearest(temporary, { vector, model: 'm', minSimilarity: 0.9 }, internal)).entry).toMatchObject({
      value: 'first',
    });
    await cache.set(temporary, 'zz last', { value: 'last', label: internal, vector, model: 'm' }, hour);
    expect(await caches.list({ projects: ['default'] })).toMatchObject([{ entries: 10_000 }]);
    expect(await cache.get(temporary, 'first', internal)).toEqual({});
    expect((await cache.nearest(temporary, { vector, model: 'm', minSimilarity: 0.9 }, internal)).entry).toMatchObject({
      value: 'last',
    });
  }, 60_000);

  it('are emptied in the commit of the caller, or not at all', async () => {
    const { caches } = openCaches();
    await caches.of(owner).set(temporary, 'k', { value: 1, label: internal }, hour);
    const refused = caches.clear({ projects: ['default'] }, () => Promise.reject(new Error('The disk is full.')));
    await expect(refused).rejects.toThrow('full');
    expect((await caches.of(owner).get(temporary, 'k', internal)).entry?.value).toBe(1);
  });
});

describe('the caches in heddle.db', () => {
  it('drop entries of older versions, whose project is unknown', async () => {
    const folder = temporaryFolder();
    const file = join(folder.folder, 'old.db');
    const first = migrations.findIndex(({ name }) => name === 'cache entries by project');
    const old = openDatabase(file, { migrations: migrations.slice(0, first) });
    old.connection.exec(
      `INSERT INTO cache_entries VALUES ('workflow', 'k', '1', '{"level":"public","marks":[]}', NULL, NULL, NULL, 0, 9e15)`,
    );
    old.close();
    const now = openDatabase(file);
    const caches = createCaches(sqliteTables(now), createFakeClock());
    expect(await caches.list({ projects: ['default'] })).toEqual([]);
    expect(await caches.of(owner).get(temporary, 'k', restricted)).toEqual({});
    now.close();
    folder.remove();
  });
});

import { labelOf } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { temporaryFolder } from '../journal/__fixtures__/temporary-folder.js';
import { openDatabase, type HeddleDatabase } from '../journal/open-database.js';
import { createSqliteCache } from './sqlite-cache.js';

describe('the cache in SQLite', () => {
  let place: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  beforeEach(() => {
    place = temporaryFolder();
    database = openDatabase(join(place.folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    place.remove();
  });
  const label = labelOf('confidential');

  it('keeps a result with its label and cost, in its scope and for its time', async () => {
    const clock = createFakeClock();
    const cache = createSqliteCache(database, clock);
    await cache.set('a', 'k', { value: { x: 1 }, label, cost: 0.5, currency: 'USD' }, 1_000);
    expect(await cache.get('a', 'k')).toEqual({
      value: { x: 1 },
      label,
      cost: 0.5,
      currency: 'USD',
      storedAt: clock.now(),
    });
    expect(await cache.get('b', 'k')).toBeUndefined();
    await clock.advance(1_000);
    expect(await cache.get('a', 'k')).toBeUndefined();
  });

  it('finds the nearest vector of a scope, exactly, and none of another length', async () => {
    const cache = createSqliteCache(database, createFakeClock());
    await cache.set('a', 'east', { value: 1, label, vector: Float32Array.of(1, 0) }, 1_000);
    await cache.set('a', 'north', { value: 2, label, vector: Float32Array.of(0, 1) }, 1_000);
    await cache.set('b', 'other', { value: 3, label, vector: Float32Array.of(0.9, 0.1) }, 1_000);
    expect(await cache.nearest('a', Float32Array.of(0.9, 0.1), 0.9)).toMatchObject({ value: 1, key: 'east', label });
    expect(await cache.nearest('a', Float32Array.of(0.7, 0.7), 0.9)).toBeUndefined();
    expect(await cache.nearest('a', Float32Array.of(1, 0, 0), 0)).toBeUndefined();
    await cache.clear('a');
    expect(await cache.get('a', 'east')).toBeUndefined();
  });
});

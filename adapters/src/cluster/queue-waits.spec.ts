import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { wallClock } from '../testing/wall-clock.js';
import { createQueueWaits, type ClassWaits } from './queue-waits.js';

describe('the waits of runs', () => {
  let postgres: TestDatabase;
  let database: PostgresDatabase;
  beforeAll(async () => {
    postgres = await openTestDatabase();
    database = await openPostgres({ url: postgres.url, clock: wallClock, connections: 4 });
  }, 120_000);
  beforeEach(() => postgres.query('TRUNCATE heddle.queue_waits'));
  afterAll(async () => {
    await database?.close();
    await postgres?.close();
  });
  const atMost = (waits: ClassWaits | undefined, most: number) =>
    waits?.buckets.find(({ seconds }) => seconds === most)?.runs;

  it('are summed over all processes, by class, in cumulative buckets', async () => {
    const one = createQueueWaits(database);
    const other = createQueueWaits(database);
    for (const [className, ms] of [
      ['cpu', 0],
      ['cpu', 10],
      ['cpu', 11],
      ['gpu', 90_000],
    ] as const)
      one.note(className, ms);
    other.note('cpu', 9_999_999);
    other.note('cpu', -5);
    expect(await one.read()).toEqual([]);
    await Promise.all([one.flush(), other.flush(), one.flush()]);
    const [cpu, gpu] = await other.read();
    expect(cpu).toMatchObject({ class: 'cpu', seconds: expect.closeTo(10_000.02, 2) as unknown });
    expect([0.01, 0.05, 300].map((most) => atMost(cpu, most))).toEqual([3, 4, 4]);
    expect(cpu?.runs).toBe(5);
    expect([60, 300].map((most) => atMost(gpu, most))).toEqual([0, 1]);
  });

  it('lose counts that cannot be stored, and continue to count', async () => {
    let isAway = true;
    const { schema } = database;
    const run: PostgresDatabase['run'] = (statement) =>
      isAway ? Promise.reject(new Error('away')) : database.run(statement);
    const waits = createQueueWaits({ schema, run });
    waits.note('cpu', 1);
    await expect(waits.flush()).rejects.toThrow('away');
    isAway = false;
    waits.note('cpu', 1);
    await waits.flush();
    expect((await waits.read())[0]?.runs).toBe(1);
  });

  it('are stored by many processes at once without a deadlock', async () => {
    const all = Array.from({ length: 8 }, () => createQueueWaits(database));
    for (let round = 0; round < 10; round += 1) {
      for (const [number, waits] of all.entries())
        for (const className of number % 2 === 0 ? ['a', 'b'] : ['b', 'a'])
          for (const ms of [900_000, 3, 400]) waits.note(className, ms);
      await Promise.all(all.map((waits) => waits.flush()));
    }
    expect((await all[0]?.read())?.map(({ runs }) => runs)).toEqual([240, 240]);
  });
});

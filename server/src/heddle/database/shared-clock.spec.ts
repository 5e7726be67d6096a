import { openPostgres, postgresTables, type PostgresDatabase } from '@heddle/adapters/postgres';
import { createSharedTrustedTime } from '@heddle/adapters/stores';
import { openTestDatabase, type TestDatabase } from '@heddle/adapters/testing';
import type { Audit, Tables } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ClockService } from '../../clock/clock.service.js';
import { silentLog } from '../../common/log.js';
import { realClock } from '../../common/real-clock.js';
import { openSharedClock, type SharedClock } from './shared-clock.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('the clock of a process that shares its database', () => {
  let postgres: TestDatabase;
  let database: PostgresDatabase;
  let tables: Tables;
  let opened: SharedClock[] = [];
  beforeAll(async () => {
    postgres = await openTestDatabase();
    database = await openPostgres({ url: postgres.url, clock: realClock, connections: 2 });
    tables = postgresTables(database);
  }, 120_000);
  afterAll(async () => {
    await database?.close();
    await postgres?.close();
  });
  beforeEach(async () => {
    for (const shared of opened) await shared.close();
    opened = [];
    await postgres.query('DELETE FROM heddle.trusted_time');
  });

  /** A machine whose clock is `aheadMs` ahead of the database. */
  async function open(aheadMs: number): Promise<SharedClock & { readonly base: FakeClock }> {
    const base = createFakeClock(Date.now() + aheadMs);
    const shared = await openSharedClock(tables, { database, base, log: silentLog });
    opened.push(shared);
    return { ...shared, base };
  }
  const kept = () => createSharedTrustedTime(tables).read();
  const describeClock = ({ clock }: SharedClock) =>
    new ClockService(clock, {} as Audit, {} as ConstructorParameters<typeof ClockService>[2]).describe();

  it('is trusted when it agrees, and the trusted time is stored for all processes', async () => {
    const one = await open(2_000);
    expect([one.clock.isTrusted, describeClock(one).message]).toEqual([true, undefined]);
    await one.close();
    expect(Math.abs(((await kept())?.time ?? 0) - Date.now())).toBeLessThan(minute);
    expect((await open(-minute)).clock.isTrusted).toBe(true);
  });

  it.each([
    ['ahead', hour, '60 minutes ahead of'],
    ['behind', -hour, '60 minutes behind'],
    ['ahead by a year', 365 * day, 'ahead of'],
  ])(
    'is in doubt when it is wrong by an hour or more (%s), reports that, and stores no time for others',
    async (_how, by, text) => {
      const wrong = await open(by);
      const said = describeClock(wrong);
      expect(said).toMatchObject({ status: 'doubt', message: expect.stringContaining(text) });
      expect(Math.abs((said.aheadOfDatabaseMs ?? 0) - by)).toBeLessThan(minute);
      expect(said).not.toHaveProperty('trustedAt');
      await wrong.close();
      expect(await kept()).toBeUndefined();
      expect((await open(0)).clock.isTrusted).toBe(true);
    },
  );

  it('is in doubt while it is wrong, and trusted again once it is correct', async () => {
    const one = await open(0);
    one.start();
    one.base.jump(Date.now() + hour);
    await one.base.advance(30_000);
    await asked(() => !one.clock.isTrusted);
    one.base.jump(Date.now());
    await one.base.advance(30_000);
    await asked(() => one.clock.isTrusted);
    expect(describeClock(one).message).toBeUndefined();
  });

  it('learns that another process trusted the time, after all were stopped for days', async () => {
    await createSharedTrustedTime(tables).write({ time: Date.now() - 3 * day, rights: 0, ahead: 0, agreedMs: 0 });
    const one = await open(0);
    const other = await open(0);
    other.start();
    expect([one.clock.isTrusted, other.clock.isTrusted]).toEqual([false, false]);
    one.clock.confirm();
    await one.close();
    await other.base.advance(30_000);
    await asked(() => other.clock.isTrusted);
  });
});

/** Resolves once `holds` is true, which follows an answer of the database. */
async function asked(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

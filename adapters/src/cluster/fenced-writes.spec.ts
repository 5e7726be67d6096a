import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GuardedWrite, Lease, Leases, Tables } from '@heddle/core';
import { fenceOf } from '../leases/fence.js';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { wallClock } from '../testing/wall-clock.js';
import { createLeases } from './postgres-leases.js';

const topic = 'what the holder writes';
const counted: GuardedWrite = {
  sql: 'INSERT INTO revisions (topic, number) VALUES (@topic, 1) ON CONFLICT (topic) DO UPDATE SET number = revisions.number + 1',
  values: { topic },
};

describe('writes of the holder of a lease, in Postgres', () => {
  let postgres: TestDatabase;
  let databases: readonly PostgresDatabase[] = [];
  beforeAll(async () => {
    postgres = await openTestDatabase();
    const open = () => openPostgres({ url: postgres.url, clock: wallClock, connections: 2 });
    databases = [await open(), await open()];
  }, 120_000);
  beforeEach(() => postgres.query('TRUNCATE heddle.leases, heddle.revisions'));
  afterAll(async () => {
    for (const database of databases) await database.close();
    await postgres?.close();
  });

  const processes = (): readonly { readonly leases: Leases; readonly tables: Tables }[] =>
    databases.map((database) => ({ leases: createLeases(database), tables: postgresTables(database) }));
  const written = async (tables: Tables): Promise<number> =>
    (await tables.get<{ number: number }>('SELECT number FROM revisions WHERE topic = @topic', { topic }))?.number ?? 0;
  async function acquired(leases: Leases, holder: string, forMs: number): Promise<Lease> {
    for (;;) {
      const lease = await leases.acquire('sweep', holder, forMs);
      if (lease !== undefined) return lease;
    }
  }

  it('refuses writes of a process that slept beyond the end of its lease', async () => {
    const [one, other] = processes();
    const first = await acquired(one!.leases, 'one', 50);
    await one!.tables.commit([fenceOf(first), counted]);
    const second = await acquired(other!.leases, 'other', 60_000);
    await expect(one!.tables.commit([fenceOf(first), counted])).rejects.toMatchObject({ code: 'lease_lost' });
    await other!.tables.note([fenceOf(second), counted]);
    expect(await written(one!.tables)).toBe(2);
  });

  it('stores writes of a holder that has neither released its lease nor been replaced', async () => {
    const [one, other] = processes();
    const first = await acquired(one!.leases, 'one', 1);
    await postgres.query('SELECT pg_sleep(0.02)');
    await one!.tables.commit([fenceOf(first), counted]);
    expect(await written(other!.tables)).toBe(1);
  });

  it('refuses writes of an earlier life of the same process', async () => {
    const [one] = processes();
    const first = await acquired(one!.leases, 'one', 1);
    await postgres.query('SELECT pg_sleep(0.02)');
    await acquired(one!.leases, 'one', 60_000);
    await expect(one!.tables.commit([fenceOf(first), counted])).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await written(one!.tables)).toBe(0);
  });

  it('never lets the writes of two holders alternate: each holder continues where the other ended', async () => {
    const [one, other] = processes();
    const lost: string[] = [];
    let stored = 0;
    const work = async ({ leases, tables }: { leases: Leases; tables: Tables }, holder: string): Promise<void> => {
      for (let life = 0; life < 6; life += 1) {
        const lease = await acquired(leases, `${holder} ${life}`, 5);
        try {
          for (let write = 0; write < 5; write += 1) {
            await tables.commit([fenceOf(lease), counted]);
            stored += 1;
          }
        } catch (error) {
          lost.push((error as { code: string }).code);
        }
      }
    };
    await Promise.all([work(one!, 'one'), work(other!, 'other')]);
    expect(new Set(lost)).toEqual(lost.length === 0 ? new Set() : new Set(['lease_lost']));
    expect(await written(one!.tables)).toBe(stored);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RoutePolicy } from '@heddle/core';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createPolicyStore } from './policy-store.js';

/** A process with cached policies checks once per tick whether another process wrote. */
const nextTick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe.each(bothDatabases)('routing policies in %s', (_name, open) => {
  let database: TestedDatabase;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());

  it('are read as another process last stored them, and only one of two processes removes one', async () => {
    const tables = await database.reset();
    const clock = { now: () => 1 };
    const one = createPolicyStore(tables.one, clock);
    const other = createPolicyStore(tables.other, clock);
    const policy = (model: string): RoutePolicy => RoutePolicy.parse({ name: 'cheap', candidates: [{ model }] });
    await expect(one.get('cheap')).rejects.toMatchObject({ code: 'policy_not_found' });
    await tables.one.commit(one.save(policy('a')));
    await nextTick();
    expect(await other.get('cheap')).toEqual(policy('a'));
    expect(await other.get('cheap')).toBe(await other.get('cheap'));
    await tables.one.commit(one.save(policy('b')));
    await nextTick();
    expect(await other.get('cheap')).toEqual(policy('b'));
    await tables.one.commit(one.save({ ...policy('c'), name: 'Best' }));
    expect((await other.list()).map(({ name }) => name)).toEqual(['Best', 'cheap']);
    const settled = await Promise.allSettled([
      tables.one.commit(one.delete('cheap')),
      tables.other.commit(other.delete('cheap')),
    ]);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'policy_not_found' } });
    await nextTick();
    await expect(other.get('cheap')).rejects.toMatchObject({ code: 'policy_not_found' });
  });
});

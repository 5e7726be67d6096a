import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createKillSwitchStore, type KillSwitchStore } from './kill-switch-store.js';

describe.each(bothDatabases)('kill switches in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let one: KillSwitchStore;
  let other: KillSwitchStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  const refresh = async (): Promise<void> => {
    await Promise.all([tables.one.refresh(), tables.other.refresh()]);
  };
  beforeEach(async () => {
    tables = await database.reset();
    [one, other] = [createKillSwitchStore(tables.one), createKillSwitchStore(tables.other)];
    await refresh();
  });
  const stop = (target: string, time: number, reason = 'leaks') => ({ target, reason, who: 'local', time });

  it('are on at once in the process that sets them, in other processes after a check, and in new processes', async () => {
    await tables.one.commit([...one.write.set(stop('tool:b', 1.5)), ...one.write.set(stop('all', 0))]);
    expect(one.get('all')).toEqual(stop('all', 0));
    expect(one.list()).toEqual([stop('all', 0), stop('tool:b', 1.5)]);
    await refresh();
    expect(other.list()).toEqual(one.list());
    await tables.other.commit(other.write.set(stop('all', 2, 'burns')));
    await refresh();
    expect(one.list()).toEqual([stop('tool:b', 1.5), stop('all', 2, 'burns')]);
    const late = createKillSwitchStore(tables.one);
    await refresh();
    expect(late.list()).toEqual(one.list());
  });

  it('are released once, also by two people at once', async () => {
    await tables.one.commit(one.write.set(stop('all', 1)));
    const released = await Promise.allSettled([
      tables.one.commit(one.write.remove('all')),
      tables.other.commit(other.write.remove('all')),
    ]);
    expect(released.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(released.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
    await refresh();
    expect([one.get('all'), other.list()]).toEqual([undefined, []]);
  });

  it('are copied to the new name of a tool when the new name has none', async () => {
    await tables.one.commit([...one.write.set(stop('tool:a', 1)), ...one.write.copy('tool:x', 'tool:y')]);
    // Set after the last read of the other process: its write must still find it.
    await tables.other.commit(other.write.copy('tool:a', 'tool:b'));
    await tables.one.commit(one.write.set(stop('tool:c', 3, 'own')));
    await tables.other.commit(other.write.copy('tool:a', 'tool:c'));
    await refresh();
    expect(one.list()).toEqual([stop('tool:a', 1), stop('tool:b', 1), stop('tool:c', 3, 'own')]);
  });

  it('are off when their commit is rolled back', async () => {
    const never = { sql: 'SELECT 1 WHERE 1 = 0', values: {}, rows: 1 };
    await expect(tables.one.commit([...one.write.set(stop('all', 1)), never])).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(one.get('all')).toBeUndefined();
  });
});

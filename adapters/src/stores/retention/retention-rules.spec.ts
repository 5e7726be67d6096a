import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RetentionRule } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { createRetentionRules } from './retention-rules.js';

describe.each(bothDatabases)('retention rules in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
  });
  const rule = (days: number, more: Partial<RetentionRule> = {}): RetentionRule => ({ level: 'public', days, ...more });

  it('belong to one project or to all, and are replaced as a whole', async () => {
    const one = createRetentionRules(tables.one);
    const other = createRetentionRules(tables.other);
    await tables.one.commit([
      { sql: "INSERT INTO projects (id, name, created_at) VALUES ('p', 'P', 0)", values: {} },
      ...one.write.set('p', [rule(3)]),
    ]);
    await tables.one.commit(one.write.set('default', [rule(9, { level: 'restricted' }), rule(2)]));
    expect(await other.list('default')).toEqual([
      { project: 'default', level: 'public', days: 2 },
      { project: 'default', level: 'restricted', days: 9 },
    ]);
    expect(await other.list()).toHaveLength(3);
    await tables.other.commit(other.write.set('default', []));
    expect(await one.list()).toEqual([{ project: 'p', level: 'public', days: 3 }]);
    await expect(tables.one.commit(one.write.set('gone', [rule(1)]))).rejects.toMatchObject({
      code: 'project_not_found',
    });
  });

  it('accept one of two concurrent changes', async () => {
    const one = createRetentionRules(tables.one);
    const other = createRetentionRules(tables.other);
    for (let round = 0; round < 5; round++) {
      await Promise.all([
        tables.one.commit(one.write.set('default', [rule(1), rule(1, { level: 'internal' })])),
        tables.other.commit(other.write.set('default', [rule(2), rule(2, { level: 'internal' })])),
      ]);
      const days = (await one.list('default')).map((kept) => kept.days);
      expect(days).toHaveLength(2);
      expect(days[0]).toBe(days[1]);
    }
  });
});

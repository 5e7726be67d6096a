import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GateRule, IndexGate, type GateCheck, type Tables } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { createTrainingConsents } from '../feedback/training-consents.js';
import { createIndexGateStore } from '../lab/index-gate-store.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createGateStore } from './gate-store.js';

const rule = GateRule.parse({ kind: 'tests', id: 'tests', title: 'Tests' });
const check = (reference: string, more: Partial<GateCheck> = {}): GateCheck => ({
  workflow: 'w',
  work: 'sha256:w',
  hash: 'sha256:h',
  basis: { datasetVersion: 2 },
  reference,
  createdAt: 5,
  ...more,
});

describe.each(bothDatabases)('gates and consents in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
  });
  const change = { project: 'a', rules: [rule], changedAt: 7, changedBy: 'user:1' };
  const set = async (tables: Tables, gate: typeof change, base?: number): Promise<number> => {
    const made = await createGateStore(tables).set(gate, base);
    await tables.commit(made.writes);
    return made.gate.revision;
  };

  it('keep the rules of each project, and number their changes', async () => {
    const store = createGateStore(subject.one);
    const other = createGateStore(subject.other);
    expect(await store.get('a')).toBeUndefined();
    expect(await set(subject.one, change, 0)).toBe(1);
    expect(await set(subject.other, { ...change, rules: [] })).toBe(2);
    expect(await store.get('a')).toEqual({ ...change, rules: [], revision: 2 });
    expect(await other.get('b')).toBeUndefined();
  });

  it('refuse a change of an outdated state, and the second of two concurrent changes', async () => {
    const store = createGateStore(subject.one);
    await set(subject.one, change);
    const late = set(subject.other, { ...change, rules: [] }, 0);
    await expect(late).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('Another person') });
    expect((await store.get('a'))?.rules).toEqual([rule]);
    for (const project of ['a', 'new']) {
      const gate = { ...change, project };
      // Both changes have read the same state.
      const [one, other] = await Promise.all([
        store.set(gate, undefined),
        createGateStore(subject.other).set(gate, undefined),
      ]);
      await subject.one.commit(one.writes);
      await expect(subject.other.commit(other.writes)).rejects.toMatchObject({ code: 'conflict' });
      expect((await store.get(project))?.revision).toBe(one.gate.revision);
    }
  });

  it('keep the latest checks of a workflow and its work, newest first', async () => {
    const store = createGateStore(subject.one);
    for (let number = 0; number < 25; number += 1) await store.addCheck(check(`x${number}`));
    await store.addCheck(check('other', { work: 'sha256:o', result: '{"passed":1}' }));
    await store.addCheck(check('elsewhere', { workflow: 'v' }));
    const found = await createGateStore(subject.other).checks('w', 'sha256:w');
    expect([found.length, found[0], found.at(-1)?.reference]).toEqual([20, check('x24'), 'x5']);
    expect(await store.checks('w', 'sha256:o')).toEqual([check('other', { work: 'sha256:o', result: '{"passed":1}' })]);
  });

  it('keep only the latest gate of a collection', async () => {
    const one = createIndexGateStore(subject.one);
    const other = createIndexGateStore(subject.other);
    const gate = IndexGate.parse({ dataset: 'd' });
    await subject.one.commit(one.set('handbook', gate));
    await subject.other.commit(other.set('handbook', { ...gate, k: 3 }));
    expect([await one.get('handbook'), await one.get('other')]).toEqual([{ ...gate, k: 3 }, undefined]);
    await other.forget('handbook');
    expect(await one.get('handbook')).toBeUndefined();
  });

  it('count a consent from its first time, until it is withdrawn', async () => {
    const clock = { time: 5, now: () => clock.time };
    const one = createTrainingConsents(subject.one, clock);
    const other = createTrainingConsents(subject.other, clock);
    await subject.one.commit(one.give('workflow:w'));
    clock.time = 9;
    await subject.other.commit(other.give('workflow:w'));
    expect([await other.since('workflow:w'), await other.since('share:w')]).toEqual([5, undefined]);
    await subject.other.commit(other.withdraw('workflow:w'));
    expect(await other.since('workflow:w')).toBeUndefined();
    await subject.other.commit(other.give('workflow:w'));
    expect(await other.since('workflow:w')).toBe(9);
  });
});

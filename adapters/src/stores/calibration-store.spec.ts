import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EvaluatorSetup, type CalibrationPair, type Tables } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createCalibrationStore } from './calibration-store.js';

const evaluator = EvaluatorSetup.parse({ kind: 'judge', config: { models: ['m'] } });
const pair = (subject: string, person: number): CalibrationPair => ({ subject, judge: 1, person });

describe.each(bothDatabases)('calibrations of judges in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  let now = 1;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    now = 1;
    subject = await database.reset();
  });
  const storeOf = (tables: Tables) => createCalibrationStore(tables, { now: () => now });
  const add = (tables: Tables, project: string, pairs: readonly CalibrationPair[], who: string): Promise<void> =>
    tables.commit(storeOf(tables).add(project, { judge: 'h', evaluator }, pairs, who));

  it('keep the latest judgement of each person, by project and judge, even of two people at once', async () => {
    const store = storeOf(subject.one);
    await add(subject.one, 'a', [pair('run-1', 0), pair('run-2', 1)], 'user:1');
    now = 2;
    await Promise.all([
      add(subject.one, 'a', [pair('run-1', 0.5)], 'user:1'),
      add(subject.other, 'a', [pair('run-1', 0)], 'user:2'),
      add(subject.other, 'b', [pair('run-9', 0)], 'user:1'),
    ]);
    expect(await store.list('a')).toEqual([{ judge: 'h', evaluator, updatedAt: 2 }]);
    expect((await store.pairs('a', 'h')).map((said) => [said.subject, said.person])).toEqual([
      ['run-1', 0.5],
      ['run-1', 0],
      ['run-2', 1],
    ]);
    expect(await storeOf(subject.other).find('a', 'h')).toEqual({ judge: 'h', evaluator, updatedAt: 2 });
    expect(await store.find('a', 'other')).toBeUndefined();
  });

  it('are removed as a whole and once, only in their project', async () => {
    const store = storeOf(subject.one);
    await add(subject.one, 'a', [pair('run-1', 0)], 'user:1');
    await add(subject.one, 'b', [pair('run-1', 0)], 'user:1');
    const settled = await Promise.allSettled([
      subject.one.commit(store.remove('a', 'h')),
      subject.other.commit(storeOf(subject.other).remove('a', 'h')),
    ]);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'not_found' } });
    expect([await store.list('a'), await store.pairs('a', 'h'), (await store.pairs('b', 'h')).length]).toEqual([
      [],
      [],
      1,
    ]);
  });
});

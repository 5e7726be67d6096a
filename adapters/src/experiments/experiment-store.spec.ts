import {
  type Evaluation,
  type Journal,
  type ModelResult,
  type PlanBundle,
  type RunAcceptance,
  type StoredDatasetRow,
  type Tables,
} from '@heddle/core';
import { acceptanceOf, bundleNamed } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { cellKey, experimentScope } from './experiment-runs.js';
import { ExperimentStore } from './experiment-store.js';
import { ModelResultStore } from './model-result-store.js';
import type { CellEnd, ExperimentBody } from './stored-experiment.js';

const body: ExperimentBody = {
  name: 'X',
  dataset: { id: 'd', name: 'D', version: 1 },
  rows: 2,
  variants: [],
  evaluators: [],
  metrics: [],
  repeats: 1,
  concurrency: 2,
};
const made = { id: 'x', owner: 'local', project: 'p', body, budget: undefined, createdAt: 1 };
const row = (id: string, more: Partial<StoredDatasetRow> = {}): StoredDatasetRow => ({
  id,
  inputs: { question: id },
  label: 'internal',
  hash: `sha256:${id}`,
  tags: ['a'],
  ...more,
});
const begun = (run: string, number: number, variant = 1, attempt = 1): RunAcceptance =>
  acceptanceOf(run, {
    idempotency: {
      scope: experimentScope('x'),
      key: cellKey({ number, repeat: 1, variant, attempt }),
      requestHash: 'sha256:1',
    },
  });
const said = (metric: string, more: Partial<Evaluation> = {}): Evaluation => ({
  metric,
  explanation: '',
  cost: 0,
  tokens: 0,
  ms: 0,
  ...more,
});
const ended = (number: number, more: Partial<CellEnd> = {}): CellEnd => ({
  number,
  repeat: 1,
  variant: 1,
  attempt: 1,
  state: 'done',
  figures: { exact: 1 },
  evaluations: [],
  ...more,
});

describe.each(bothJournals)('experiments in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let store: ExperimentStore;
  let journal: Journal;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    store = new ExperimentStore(tables);
    journal = fresh.journalWith([store.projection]);
  });
  afterEach(() => journal.close());
  const accept = (run: RunAcceptance) => journal.accept(run, bundleNamed('W'));
  const going = async (rows: readonly StoredDatasetRow[], variants = 1, id = 'x'): Promise<void> => {
    await store.insert({ ...made, id }, new Map([['h', { of: 'h' } as unknown as PlanBundle]]));
    await store.addRows(id, rows, { before: 0, variants, repeats: 1 });
    await tables.commit([store.write.setState(id, { from: 'unfinished', to: 'going' })]);
  };
  const begin = async (number: number, variant = 1): Promise<string> => {
    const run = `r${number}.${variant}`;
    await accept(begun(run, number, variant));
    return run;
  };

  it('are shown once all of their rows are stored; what a process left unfinished is removed', async () => {
    await store.insert(made, new Map());
    await store.addRows('x', [row('1')], { before: 0, variants: 2, repeats: 2 });
    expect([await store.ids(), await store.going(), (await store.money('x')).state]).toEqual([[], [], 'cancelled']);
    await expect(store.get('x')).rejects.toMatchObject({ code: 'not_found' });
    await going([row('1'), row('2', { label: 'confidential' })], 2, 'whole');
    await store.addRows('whole', [row('3')], { before: 2, variants: 2, repeats: 1 });
    expect(await store.get('whole')).toMatchObject({ ...made, id: 'whole', state: 'going', changes: 0 });
    expect([await store.unfinished(), await store.unfinished(1)]).toEqual([['x'], []]);
    while ((await store.remove('x')) > 0);
    expect([await store.unfinished(), (await store.counts('x')).waiting]).toEqual([[], 0]);
    expect((await store.waiting('whole', 4)).map((cell) => [cell.number, cell.variant, cell.row.id])).toEqual([
      [1, 1, '1'],
      [1, 2, '1'],
      [2, 1, '2'],
      [2, 2, '2'],
    ]);
    expect((await store.waitingRows('whole', 2)).map(({ number, variant }) => [number, variant])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect([...(await store.labels('whole'))].sort()).toEqual(['confidential', 'internal']);
    expect(await store.rows('whole', 1, 1)).toMatchObject([{ number: 2, id: '2', tags: ['a'], label: 'confidential' }]);
    expect(await store.bundle('whole', 'h')).toEqual({ of: 'h' });
    await expect(store.bundle('whole', 'other')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('bind a cell to its run once, with the acceptance, and only while the experiment runs', async () => {
    await going([row('1'), row('2')]);
    await begin(1);
    expect(await store.running('x')).toMatchObject([{ number: 1, run: 'r1.1', row: { id: '1' } }]);
    expect(await store.ofRun('r1.1')).toBe('x');
    await expect(accept(begun('again', 1))).rejects.toMatchObject({ code: 'conflict' });
    await expect(accept(begun('later', 1, 1, 2))).rejects.toMatchObject({ code: 'conflict' });
    await tables.commit([store.write.setState('x', { from: 'going', to: 'paused' })]);
    await expect(accept(begun('r2', 2))).rejects.toMatchObject({ code: 'conflict' });
    await expect(journal.summary('r2')).rejects.toMatchObject({ code: 'run_not_found' });
    expect(await store.counts('x')).toEqual({ waiting: 1, running: 1, done: 0, failed: 0, cancelled: 0 });
  });

  it('sum the cost of runs and judges, and the savings, once', async () => {
    await going([row('1'), row('2')]);
    const run = await begin(1);
    await journal.append(run, [{ type: 'run-start', time: 1 }]);
    await tables.commit([{ sql: "UPDATE runs SET cost = 0.25 WHERE id = 'r1.1'", values: {} }]);
    await journal.append(run, [{ type: 'run-end', time: 3, status: 'done' }]);
    const reused = { nodes: 1, ms: 10, cost: 0.5, tokens: 3 };
    const end = ended(1, { evaluations: [said('exact', { value: 1, cost: 0.125 })], reused });
    await Promise.all([store.end('x', [end]), store.end('x', [end])]);
    await store.end('x', [ended(2, { attempt: 7, reused })]);
    // A second judgement is paid again.
    expect(await store.get('x')).toMatchObject({ spent: { runs: 0.25, judges: 0.25 }, saved: { cost: 0.5, ms: 10 } });
    expect((await store.money('x')).spent).toBe(0.5);
    expect(await store.cells('x', 0, 1)).toMatchObject([{ state: 'done', figures: { exact: 1 }, reused }]);
    expect(await store.cellsOfRow('x', 1)).toMatchObject([{ evaluations: [{ metric: 'exact', value: 1 }] }]);
    expect((await store.counts('x')).waiting).toBe(1);
  });

  it('change their state only from the expected one, and are hidden only when they do not run', async () => {
    await going([row('1'), row('2')]);
    const run = await begin(1);
    const why = { code: 'budget_exceeded', message: 'Spent.' };
    const changes = await Promise.allSettled([
      tables.commit([store.write.setState('x', { from: 'going', to: 'paused', why })]),
      tables.commit([store.write.setState('x', { from: 'going', to: 'cancelled' })]),
    ]);
    expect(changes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(tables.commit(store.write.hide('x'))).rejects.toMatchObject({ code: 'conflict' });
    const { state } = await store.get('x');
    expect([(await store.get('x')).why, await store.going()]).toEqual([state === 'paused' ? why : undefined, []]);
    await store.end('x', [ended(1, { state: 'cancelled', error: { code: 'run_cancelled', message: 'No.' } })]);
    await tables.commit([store.write.setState('x', { from: state, to: 'going', budget: 3 })]);
    expect(await store.get('x')).toMatchObject({ state: 'going', budget: 3 });
    await expect(tables.commit(store.write.hide('x'))).rejects.toMatchObject({ code: 'conflict' });
    await tables.commit([store.write.setState('x', { from: 'going', to: 'cancelled' })]);
    expect(await store.halfCancelled()).toEqual(['x']);
    expect(await store.giveUpWaiting('x', { code: 'experiment_cancelled', message: 'Over.' })).toBe(1);
    expect(await store.cells('x', 1, 2)).toMatchObject([{ state: 'cancelled', error: { message: 'Over.' } }]);
    expect([await store.giveUpWaiting('x', why), await store.halfCancelled()]).toEqual([0, []]);
    await tables.commit(store.write.hide('x'));
    expect([await store.ids(), await store.unfinished(), await store.ofRun(run)]).toEqual([[], ['x'], undefined]);
  });

  it('repeat failed or chosen rows as the next attempt', async () => {
    await going([row('1'), row('2'), row('3')]);
    for (const number of [1, 2]) await begin(number);
    await store.end('x', [ended(1, { state: 'failed', error: { code: 'busy', message: 'No.' } }), ended(2)]);
    expect(await store.runAgain('x')).toBe(1);
    expect(await store.runRowsAgain('x', [2, 3])).toBe(1);
    expect(await store.runRowsAgain('x', [3])).toBe(0);
    expect((await store.waiting('x', 9)).map(({ number, attempt, run }) => [number, attempt, run])).toEqual([
      [1, 2, undefined],
      [2, 2, undefined],
      [3, 1, undefined],
    ]);
    expect((await store.get('x')).changes).toBe(2);
  });

  it('keep a table only if nothing changed since it was read', async () => {
    await going([row('1')]);
    await begin(1);
    const before = await store.get('x');
    await store.setResult(before, '"too early"');
    expect(await store.result('x')).toBeUndefined();
    await store.end('x', [ended(1, { evaluations: [said('exact', { value: 1 }), said('person', asked)] })]);
    await store.setResult(before, '"whole"');
    expect(await store.result('x')).toBe('"whole"');
    expect(await store.waitsForPeople('x')).toBe(true);
    await Promise.all([
      store.judgeAgain('r1.1', said('person', { value: 0.5 })),
      store.judgeAgain('r1.1', said('exact', { value: 0 })),
      store.judgeAgain('other', said('exact', { value: 0 })),
    ]);
    expect([await store.result('x'), await store.waitsForPeople('x')]).toEqual([undefined, false]);
    expect(await store.cellsOfRow('x', 1)).toMatchObject([
      { figures: { exact: 0, person: 0.5 }, evaluations: [{ value: 0 }, { value: 0.5 }] },
    ]);
    await store.setResult(before, '"stale"');
    expect(await store.result('x')).toBeUndefined();
    await store.setResult(await store.get('x'), '"new"');
    await store.forgetResult('x');
    expect(await store.result('x')).toBeUndefined();
  });
  const asked = { error: { code: 'waits_for_person', message: 'A person has to judge it.' } };

  describe('results of models', () => {
    let results: ModelResultStore;
    beforeEach(() => {
      results = new ModelResultStore(tables);
    });
    const measured = (experiment: string, measuredAt: number, variant = 'v'): ModelResult => ({
      experiment: { id: experiment, name: 'X' },
      variant: { id: variant, name: 'V' },
      dataset: { id: 'd', name: 'D', version: 1 },
      measuredAt,
      metric: { name: 'exact', title: 'Exact', better: 'higher', unit: 'score' },
      label: 'internal',
      mean: 0.5,
      rows: 2,
      missing: 0,
    });

    it('are the newest of the permitted experiments, replaced as a whole, and deleted with their experiment', async () => {
      await going([row('1')]);
      await going([row('1')], 1, 'y');
      await results.replace('x', [{ model: 'm', result: measured('x', 5, 'old') }]);
      await Promise.all([
        results.replace('x', [{ model: 'm', result: measured('x', 6) }]),
        results.replace('x', [{ model: 'm', result: measured('x', 6) }]),
      ]);
      await results.replace('y', [{ model: 'm', result: measured('y', 7) }]);
      await results.replace('gone', [{ model: 'm', result: measured('gone', 8) }]);
      const of = async (mayRead: (id: string) => boolean, limit = 9) => {
        const { results: found, hasMore } = await results.of('m', mayRead, limit);
        return [found.map(({ experiment, variant }) => `${experiment.id} ${variant.id}`), hasMore];
      };
      expect(await of(() => true)).toEqual([['y v', 'x v'], false]);
      expect(await of(() => true, 1)).toEqual([['y v'], true]);
      expect(await of((id) => id === 'x')).toEqual([['x v'], false]);
      await tables.commit([store.write.setState('y', { from: 'going', to: 'cancelled' }), ...store.write.hide('y')]);
      expect(await of(() => true)).toEqual([['x v'], false]);
      await results.replace('y', [{ model: 'm', result: measured('y', 7) }]);
      expect(await of(() => true)).toEqual([['x v'], false]);
      while ((await store.remove('x')) > 0);
      expect(await of(() => true)).toEqual([[], false]);
    });
  });
});

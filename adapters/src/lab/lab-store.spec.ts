import { DatasetRow, expandConfigurations, LabRequest, type LabBest } from '@heddle/core';
import { createFakeClock, type TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatasetStore } from '../datasets/dataset-store.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createLabStore, type LabAnswer, type LabStore } from './lab-store.js';

const request = LabRequest.parse({ collection: 'notes', grid: { mode: ['hybrid', 'lexical'] } });
const lab = {
  id: 'l',
  dataset: 'd',
  version: 1,
  project: 'p',
  owner: 'user:a',
  questions: 3,
  skipped: 1,
  createdAt: 5,
  request,
};
const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20, context: true } as const;
const configurations = expandConfigurations({ embedding: 'mini', splitter }, request.grid);
const answer = (row: string, value: number, ms: number): LabAnswer => ({
  row,
  ndcg: value,
  recall: value,
  mrr: value,
  ms,
});

describe.each(bothDatabases)('labs in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let store: LabStore;
  let theirs: LabStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    store = createLabStore(tables.one);
    theirs = createLabStore(tables.other);
    await tables.one.commit([
      {
        sql: "INSERT INTO datasets (id, name, description, created_at, updated_at) VALUES ('d', 'D', '', 0, 0)",
        values: {},
      },
      ...store.write.insert(lab, configurations),
    ]);
  });

  /** Two questions, one of them from a run. */
  async function addRows() {
    const datasets = createDatasetStore(tables.one, createFakeClock(1_000));
    const rows = [
      { id: 'r1', inputs: { question: 'secret of Ada' }, run: 'run-1' },
      { id: 'r2', inputs: { question: 'open' } },
    ].map((row) => DatasetRow.parse(row));
    await datasets.addVersion('d', rows, { mode: 'add', who: 'local', note: '' });
    return datasets;
  }

  it('are found by dataset and project, newest first', async () => {
    await tables.one.commit(store.write.insert({ ...lab, id: 'newer', createdAt: 6 }, []));
    await theirs.setJob('l', 'j');
    expect(await store.get('l')).toEqual({ ...lab, job: 'j', best: undefined, comparisons: undefined });
    expect((await theirs.of('d')).map(({ id }) => id)).toEqual(['newer', 'l']);
    expect((await theirs.ofProject('p', 1)).map(({ id }) => id)).toEqual(['newer']);
    expect([await theirs.configurationCount('l'), await theirs.configurationCount('newer')]).toEqual([2, 0]);
    await expect(theirs.get('l', 'other')).rejects.toMatchObject({ code: 'not_found' });
    await expect(theirs.get('gone')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('have the means of their answers, each question once, and what both processes spent', async () => {
    await store.setProgress('l', 1, { status: 'running', passages: 7, indexMs: 3 });
    const spent = { calls: 2, cost: 0.5, currency: 'USD' };
    const rewritten = { calls: 2, cost: 0.25, currency: 'USD' };
    await Promise.all([
      store.addAnswers('l', 1, [answer('r1', 1, 30), answer('r2', 0, 10)], { reranked: spent, rewritten }),
      theirs.addAnswers('l', 1, [answer('r2', 0.5, 20), answer('r3', 0, 10)], {
        reranked: { ...spent, currency: undefined },
        rewritten: { ...rewritten, calls: 1 },
      }),
    ]);
    await theirs.addAnswers('l', 1, [answer('r2', 0.5, 20)]);
    await theirs.setProgress('l', 1, { status: 'done' });
    const [first, second] = await store.scores('l');
    expect(first).toMatchObject({
      number: 1,
      status: 'done',
      questions: 3,
      passages: 7,
      indexMs: 3,
      searchMs: 20,
      rerankCalls: 4,
      rewriteCalls: 3,
      means: { ndcg: 0.5, recall: 0.5, mrr: 0.5 },
      cost: { currency: 'USD' },
    });
    expect(first?.cost?.perThousand).toBeCloseTo(1_500 / 3);
    // The cost of a rewriting is counted where its queries are stored, once for all configurations.
    expect(await store.spent('l')).toBe(1);
    expect(second).toMatchObject({ number: 2, status: 'waiting', questions: 0 });
    expect(await theirs.answers('l', 1)).toEqual([answer('r1', 1, 30), answer('r2', 0.5, 20), answer('r3', 0, 10)]);
  });

  it('keep what a model wrote for a question once, and the cost of all calls', async () => {
    const hyde = { kind: 'hyde', model: 'far/chat' } as const;
    await addRows();
    const cost = { amount: 0.5, currency: 'USD' };
    const first = { row: 'r1', queries: ['An "imagined" answer.'], ms: 12.5, cost };
    await Promise.all([
      store.addRewriting('l', hyde, first),
      theirs.addRewriting('l', { ...hyde, model: 'small' }, { row: 'r1', queries: ['a', 'b'], ms: 3 }),
    ]);
    await theirs.addRewriting('l', hyde, { ...first, queries: ['later'] });
    expect(await theirs.rewritings('l', hyde)).toEqual([first]);
    expect(await store.rewritings('l', { ...hyde, model: 'small' })).toEqual([
      { row: 'r1', queries: ['a', 'b'], ms: 3, cost: undefined },
    ]);
    expect(await store.rewritings('l', { ...hyde, kind: 'multi' })).toEqual([]);
    expect(await store.spent('l')).toBe(0.5);
    await tables.one.commit(store.write.remove('l'));
    expect([await store.rewritings('l', hyde), await store.spent('l')]).toEqual([[], 0]);
    await store.addRewriting('l', hyde, first);
    expect(await store.rewritings('l', hyde)).toEqual([]);
  });

  it('delete what a model made of the question of an erased run, but not its cost', async () => {
    const hyde = { kind: 'hyde', model: 'far/chat' } as const;
    const datasets = await addRows();
    const cost = { amount: 0.5, currency: 'USD' };
    for (const row of ['r1', 'r2']) await store.addRewriting('l', hyde, { row, queries: [`Ada ${row}`], ms: 1, cost });
    await tables.one.commit(datasets.write.forgetRuns(['run-1']));
    expect((await store.rewritings('l', hyde)).map(({ row }) => row)).toEqual(['r2']);
    expect(JSON.stringify(await tables.one.all('SELECT * FROM lab_rewritings', {}))).not.toContain('Ada r1');
    // A process that still has the question cannot store it again.
    await theirs.addRewriting('l', { ...hyde, kind: 'multi' }, { row: 'r1', queries: ['Ada r1'], ms: 1 });
    expect(await store.rewritings('l', { ...hyde, kind: 'multi' })).toEqual([]);
    expect(await store.spent('l')).toBe(1);
  });

  it('store no rewriting while its question is erased', async () => {
    const hyde = { kind: 'hyde', model: 'far/chat' } as const;
    const datasets = await addRows();
    const rewritings = Array.from({ length: 20 }, (_, index) => ({ ...hyde, model: `far/chat-${index}` }));
    const erased = datasets.write.forgetRuns(['run-1']);
    await Promise.all([
      ...rewritings.slice(0, 10).map((one) => theirs.addRewriting('l', one, { row: 'r1', queries: ['Ada'], ms: 1 })),
      tables.one.commit(erased),
      ...rewritings.slice(10).map((one) => theirs.addRewriting('l', one, { row: 'r1', queries: ['Ada'], ms: 1 })),
    ]);
    expect(JSON.stringify(await tables.one.all('SELECT queries FROM lab_rewritings', {}))).not.toContain('Ada');
  });

  it('report how often a document that is judged not relevant came first, over the questions that have one', async () => {
    await store.addAnswers('l', 1, [answer('r1', 1, 1), { ...answer('r2', 1, 1), confusion: 0 }]);
    await theirs.addAnswers('l', 1, [
      { ...answer('r2', 0, 1), confusion: 1 },
      { ...answer('r3', 1, 1), confusion: 0 },
    ]);
    await store.addAnswers('l', 2, [answer('r1', 1, 1)]);
    const [first, second] = await theirs.scores('l');
    expect(first).toMatchObject({ questions: 3, confusions: { share: 0.5, questions: 2 } });
    expect(second).not.toHaveProperty('confusions');
  });

  it('end with the best configuration, and are deleted with their dataset', async () => {
    const best = { number: 1, verdict: 'same', difference: 0, p: 1 } satisfies LabBest;
    await store.setBest('l', best, []);
    expect(await theirs.get('l')).toMatchObject({ best, comparisons: [] });
    await store.addAnswers('l', 1, [answer('r1', 1, 1)]);
    await tables.other.commit([{ sql: "DELETE FROM datasets WHERE id = 'd'", values: {} }]);
    await expect(store.get('l')).rejects.toMatchObject({ code: 'not_found' });
    expect([await store.scores('l'), await store.answers('l', 1)]).toEqual([[], []]);
    await expect(store.addAnswers('l', 1, [answer('r1', 1, 1)])).rejects.toMatchObject({ code: 'conflict' });
  });

  it('are deleted with all their measurements', async () => {
    await store.addAnswers('l', 2, [answer('r1', 1, 1)]);
    await tables.one.commit(store.write.remove('l'));
    expect([await theirs.of('d'), await theirs.answers('l', 2), await theirs.configurationCount('l')]).toEqual([
      [],
      [],
      0,
    ]);
  });
});

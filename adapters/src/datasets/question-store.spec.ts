import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DatasetRow, NegativesRequest, QuestionsReport, QuestionsRequest, type NegativesReport } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createDatasetStore } from './dataset-store.js';
import { createNegativesStore, createQuestionStore } from './question-store.js';

const request = QuestionsRequest.parse({ collection: 'handbook', model: 'm', count: 3 });
const report = QuestionsReport.parse({
  wanted: 3,
  done: 0,
  planned: 0,
  written: 0,
  flagged: 0,
  duplicates: 0,
  unreadable: 0,
  refused: 0,
  failed: 0,
  cost: 0,
  problems: [],
});
const row = DatasetRow.parse({ id: 'q1', inputs: { question: 'Why?' } });
const attempt = { kind: 'factual', passages: [{ document: 'd', id: 'p' }] } as const;

describe.each(bothDatabases)('questions that are written in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let dataset: string;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    const made = createDatasetStore(tables.one, { now: () => 1 }).write.create({ name: 'Questions', description: '' });
    await tables.one.commit(made.writes);
    dataset = made.dataset.id;
  });

  it('are planned once, settled once each, and stored as rows in order', async () => {
    const one = createQuestionStore(tables.one);
    const other = createQuestionStore(tables.other);
    const id = await one.create({ dataset, owner: 'user:a', project: 'default', request, report });
    expect(await other.get(id)).toEqual({
      id,
      dataset,
      owner: 'user:a',
      project: 'default',
      request,
      report,
      isPlanned: false,
    });
    await one.plan(id, [attempt, attempt, attempt], { ...report, planned: 3 });
    await expect(other.plan(id, [attempt], report)).rejects.toMatchObject({ code: 'conflict' });
    expect((await other.next(id, 2)).map(({ number }) => number)).toEqual([1, 2]);
    expect(await other.next(id, 1)).toEqual([{ ...attempt, number: 1 }]);
    await one.settle(id, 2, { ...row, id: 'q2' }, { ...report, done: 1 });
    await one.settle(id, 1, row, { ...report, done: 2 });
    const twice = other.settle(id, 1, undefined, { ...report, done: 3 });
    await expect(twice).rejects.toMatchObject({ code: 'conflict' });
    expect((await other.get(id)).report.done).toBe(2);
    await other.settle(id, 3, undefined, { ...report, done: 3 });
    expect(await one.next(id, 5)).toEqual([]);
    expect(await other.rows(id)).toEqual([row, { ...row, id: 'q2' }]);
    await one.setReport(id, { ...report, done: 3, stopped: { code: 'aborted', message: 'No.' } });
    expect((await other.get(id)).report.stopped?.code).toBe('aborted');
    await one.remove(id);
    await expect(other.get(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await other.rows(id)).toEqual([]);
  });

  it('are independent of the search for hard negatives, which is planned and settled in the same way', async () => {
    const one = createNegativesStore(tables.one);
    const other = createNegativesStore(tables.other);
    const wanted = NegativesRequest.parse({ collection: 'handbook' });
    const found: NegativesReport = {
      planned: 1,
      done: 0,
      skipped: 0,
      proposed: 0,
      relevant: 0,
      refused: 0,
      unreadable: 0,
      failed: 0,
      cost: 0,
      problems: [],
    };
    const id = await one.create({ dataset, owner: 'user:a', project: 'default', request: wanted, report: found });
    await other.plan(id, [{ row: 'q1' }], found);
    expect(await one.next(id, 5)).toEqual([{ row: 'q1', number: 1 }]);
    const proposed = { ...row, proposed: [{ document: 'd', grade: 0 as const }] };
    await other.settle(id, 1, proposed, { ...found, done: 1, proposed: 1 });
    expect(await one.get(id)).toMatchObject({ request: wanted, report: { done: 1, proposed: 1 }, isPlanned: true });
    expect([await one.rows(id), await one.next(id, 5)]).toEqual([[proposed], []]);
  });

  it('are deleted with their dataset', async () => {
    const store = createQuestionStore(tables.one);
    const id = await store.create({ dataset, owner: 'local', project: 'default', request, report });
    await store.plan(id, [attempt], report);
    await tables.other.commit(createDatasetStore(tables.other, { now: () => 1 }).write.delete(dataset));
    await expect(store.get(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await store.next(id, 5)).toEqual([]);
  });
});

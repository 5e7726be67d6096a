import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NewScore, RunScoreStore, Tables } from '@heddle/core';
import { acceptanceOf, bundleNamed } from '@heddle/core/testing';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createRunScoreStore } from './run-score-store.js';

const score = (more: Partial<NewScore> = {}): NewScore => ({
  runId: 'r',
  monitorId: 'm',
  metric: 'exact',
  project: 'default',
  workflow: 'w',
  version: 2,
  value: 1,
  isPassed: true,
  explanation: 'Equal.',
  cost: 0.5,
  tokens: 7,
  label: 'internal',
  judgedAt: 1_000,
  ...more,
});

describe.each(bothJournals)('the store of scores in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let store: RunScoreStore;
  let addRun: (id: string) => Promise<void>;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    store = createRunScoreStore(tables);
    addRun = async (id) => {
      const journal = fresh.journalWith([]);
      await journal.accept(acceptanceOf(id, {}), bundleNamed('W'));
      await journal.close();
    };
  });
  const add = (scores: readonly NewScore[]): Promise<void> => tables.commit(store.write.add(scores));
  const execute = (sql: string): Promise<void> => tables.commit([{ sql, values: {} }]);

  it('keeps one score per run, monitor and metric, and returns the newest first', async () => {
    await add([score(), score({ metric: 'rouge', value: undefined, isPassed: undefined, version: undefined })]);
    await add([score({ value: 0, isPassed: false, explanation: 'Different.' }), score({ monitorId: 'n' })]);
    const of = await store.of('r');
    expect(of.map(({ monitorId, metric, value }) => [monitorId, metric, value])).toEqual([
      ['n', 'exact', 1],
      ['m', 'exact', 0],
      ['m', 'rouge', undefined],
    ]);
    expect(of[2]).not.toHaveProperty('isPassed');
    expect(of[1]).toEqual({
      ...score({ value: 0, isPassed: false, explanation: 'Different.' }),
      number: expect.any(Number),
    });
    expect(await store.of('other')).toEqual([]);
  });

  it('sums by time, version and metric, and finds the worst runs', async () => {
    await add([
      score(),
      score({ runId: 's', value: 0.25, isPassed: false, judgedAt: 1_999 }),
      score({
        runId: 't',
        value: undefined,
        isPassed: undefined,
        error: { code: 'evaluation_failed', message: 'No.' },
      }),
      score({ runId: 'u', judgedAt: 2_000, version: undefined }),
      score({ runId: 'v', workflow: 'other' }),
    ]);
    const query = { from: 0, to: 10_000, step: 1_000, workflows: ['w'] };
    expect(await store.series(query)).toEqual([
      {
        time: 1_000,
        workflow: 'w',
        version: 2,
        metric: 'exact',
        scores: 2,
        sum: 1.25,
        sided: 2,
        passed: 1,
        failed: 1,
        cost: 1.5,
      },
      {
        time: 2_000,
        workflow: 'w',
        version: 0,
        metric: 'exact',
        scores: 1,
        sum: 1,
        sided: 1,
        passed: 1,
        failed: 0,
        cost: 0.5,
      },
    ]);
    expect(await store.series({ ...query, monitor: 'other' })).toEqual([]);
    expect(await store.worst({ ...query, metric: 'exact', order: 'lowest', limit: 2 })).toEqual(['s', 'u']);
    expect(await store.worst({ ...query, metric: 'exact', order: 'highest', limit: 1 })).toEqual(['u']);
  });

  it('deletes scores with the values of the run, and with the run', async () => {
    for (const id of ['values', 'run', 'kept']) await addRun(id);
    await add(['values', 'run', 'kept'].map((runId) => score({ runId, batches: [runId] })));
    await execute("UPDATE runs SET values_removed_at = 5 WHERE id = 'values'");
    await execute("DELETE FROM runs WHERE id = 'run'");
    const left: string[] = [];
    for (const id of ['values', 'run', 'kept']) if ((await store.of(id)).length > 0) left.push(id);
    expect(left).toEqual(['kept']);
    // A score that arrives after the values of its run were removed is not stored.
    await add([score({ runId: 'values', batches: ['late'] })]);
    expect(await store.of('values')).toEqual([]);
    expect(await tables.all('SELECT batch FROM run_score_batches')).toEqual([{ batch: 'kept' }]);
  });

  it('keeps one score when several processes judge the same run at once', async () => {
    const results = await Promise.allSettled([0, 0.5, 1].map((value) => add([score({ value })])));
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await store.of('r')).toHaveLength(1);
  });
});

describe('scores in heddle.db', () => {
  const temporary = temporaryFolder();
  let database: HeddleDatabase;
  beforeAll(() => {
    database = openDatabase(join(temporary.folder, 'heddle.db'));
  });
  afterAll(() => {
    database.close();
    temporary.remove();
  });

  it('read a series from the index alone', () => {
    const plan = database.connection
      .prepare(
        `EXPLAIN QUERY PLAN SELECT metric, version, count(value), total(value), sum(is_passed), total(cost) FROM run_scores
         WHERE workflow = 'w' AND judged_at >= 0 AND judged_at < 9 AND monitor = 'm' GROUP BY 1, 2`,
      )
      .all()
      .map((row) => (row as { detail: string }).detail);
    expect(plan[0]).toMatch(/SEARCH run_scores USING COVERING INDEX run_scores_by_time/);
  });

  it('are deleted with what their runs wrote into conversations', async () => {
    const tables = sqliteTables(database);
    const store = createRunScoreStore(tables);
    await tables.commit(
      store.write.add([score({ runId: 'talk', batches: ['b1', 'b2'] }), score({ runId: 'kept', batches: ['b3'] })]),
    );
    database.connection.exec(`
      INSERT INTO conversation_batches (conversation, batch) VALUES (1, 'b2'), (2, 'b4');
      DELETE FROM conversation_batches`);
    expect([(await store.of('talk')).length, (await store.of('kept')).length]).toEqual([0, 1]);
    expect(await tables.all('SELECT batch FROM run_score_batches')).toEqual([{ batch: 'b3' }]);
  });
});

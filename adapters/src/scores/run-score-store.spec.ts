import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NewScore, RunScoreStore } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createRunScoreStore } from './run-score-store.js';

const score = (more: Partial<NewScore> = {}): NewScore => ({
  ...{ runId: 'r', monitorId: 'm', metric: 'exact', project: 'default', workflow: 'w', version: 2, value: 1 },
  ...{ isPassed: true, explanation: 'Equal.', cost: 0.5, tokens: 7, label: 'internal', judgedAt: 1_000 },
  ...more,
});

describe('the store of scores', () => {
  let folder: string;
  let database: HeddleDatabase;
  let store: RunScoreStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-'));
    database = openDatabase(join(folder, 'heddle.db'));
    store = createRunScoreStore(database);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function addRun(id: string): void {
    database.connection.exec(`
      INSERT OR IGNORE INTO bundles VALUES ('b', '{}');
      INSERT INTO runs (id, workflow_name, status, run_trigger, root_id, accepted_at, bundle, acceptance)
        VALUES ('${id}', 'W', 'done', 'api', '${id}', 1, 'b', '{}')`);
  }
  const countOf = (table: string): unknown =>
    database.connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get();

  it('keeps one score a run, monitor and metric, and gives the newest first', () => {
    store.add([score(), score({ metric: 'rouge', value: undefined, isPassed: undefined, version: undefined })]);
    store.add([score({ value: 0, isPassed: false, explanation: 'Different.' }), score({ monitorId: 'n' })]);
    const of = store.of('r');
    expect(of.map(({ monitorId, metric, value }) => [monitorId, metric, value])).toEqual([
      ['n', 'exact', 1],
      ['m', 'exact', 0],
      ['m', 'rouge', undefined],
    ]);
    expect(of[2]).not.toHaveProperty('isPassed');
    expect(of[1]).toEqual({ ...score({ value: 0, isPassed: false, explanation: 'Different.' }), number: 3 });
    expect(store.of('other')).toEqual([]);
  });

  it('gives readers what came after the last score that they saw, and never a number twice', () => {
    store.add([score(), score({ runId: 's' }), score({ runId: 't', workflow: 'other' })]);
    expect(store.since('w', 0, 1).map(({ runId }) => runId)).toEqual(['r']);
    const [last] = store.since('w', 1, 10);
    expect(last).toMatchObject({ runId: 's', number: 2 });
    addRun('s');
    addRun('t');
    database.connection.exec("DELETE FROM runs WHERE id IN ('s', 't')");
    store.add([score({ runId: 'u' })]);
    expect(store.since('w', 2, 10)).toMatchObject([{ runId: 'u', number: 4 }]);
  });

  it('adds up by time, version and metric, and finds the worst runs', () => {
    store.add([
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
    expect(store.series(query)).toEqual([
      {
        ...{ time: 1_000, workflow: 'w', version: 2, metric: 'exact', scores: 2, sum: 1.25, sided: 2, passed: 1 },
        ...{ failed: 1, cost: 1.5 },
      },
      {
        ...{ time: 2_000, workflow: 'w', version: 0, metric: 'exact', scores: 1, sum: 1, sided: 1, passed: 1 },
        ...{ failed: 0, cost: 0.5 },
      },
    ]);
    expect(store.series({ ...query, monitor: 'other' })).toEqual([]);
    expect(store.worst({ ...query, metric: 'exact', order: 'lowest', limit: 2 })).toEqual(['s', 'u']);
    expect(store.worst({ ...query, metric: 'exact', order: 'highest', limit: 1 })).toEqual(['u']);
  });

  it('reads a series from the index alone', () => {
    const plan = database.connection
      .prepare(
        `EXPLAIN QUERY PLAN SELECT metric, version, count(value), total(value), sum(is_passed), total(cost) FROM run_scores
         WHERE workflow = 'w' AND judged_at >= 0 AND judged_at < 9 AND monitor = 'm' GROUP BY 1, 2`,
      )
      .all()
      .map((row) => (row as { detail: string }).detail);
    expect(plan[0]).toMatch(/SEARCH run_scores USING COVERING INDEX run_scores_by_time/);
  });

  it('goes with the values of the run, with the run, and with its conversation', () => {
    for (const id of ['values', 'run', 'kept']) addRun(id);
    store.add(['values', 'run', 'kept'].map((runId) => score({ runId })));
    store.add([score({ runId: 'talk', batches: ['b1', 'b2'] }), score({ runId: 'kept', batches: ['b3'] })]);
    database.connection.exec(`
      UPDATE runs SET values_removed_at = 5 WHERE id = 'values';
      DELETE FROM runs WHERE id = 'run';
      INSERT INTO conversation_batches (conversation, batch) VALUES (1, 'b2'), (2, 'b4');
      DELETE FROM conversation_batches`);
    const left = ['values', 'run', 'talk', 'kept'].filter((id) => store.of(id).length > 0);
    expect(left).toEqual(['kept']);
    expect(countOf('run_score_batches')).toBe(1);
    // A score that arrives after the values of its run were removed is not stored.
    store.add([score({ runId: 'values' })]);
    expect(store.of('values')).toEqual([]);
  });
});

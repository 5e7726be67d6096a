import {
  LabelLevel,
  withoutUndefined,
  type NewScore,
  type RunScoreStore,
  type ScoreFigures,
  type StoredScore,
} from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import { withStorageErrors } from '../database/storage-error.js';

interface Row {
  readonly number: number;
  readonly run: string;
  readonly monitor: string;
  readonly metric: string;
  readonly project: string;
  readonly workflow: string;
  readonly version: number | null;
  readonly value: number | null;
  readonly is_passed: number | null;
  readonly explanation: string;
  readonly error: string | null;
  readonly cost: number;
  readonly tokens: number;
  readonly label: string;
  readonly judged_at: number;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly workflows: string;
  readonly monitor: string | null;
}

/** Scores of runs in heddle.db. @example const scores = createRunScoreStore(database); */
export function createRunScoreStore(database: HeddleDatabase): RunScoreStore {
  const { connection, file } = database;
  const statements = prepareStatements(connection);
  const read = <T>(work: () => T): T => withStorageErrors(file, work);

  function add(score: NewScore): void {
    if (statements.isWithoutValues.get(score.runId) !== undefined) return;
    statements.remove.run(score.runId, score.monitorId, score.metric);
    statements.add.run(rowOf(score));
    for (const batch of score.batches ?? []) statements.addBatch.run(batch, score.runId);
  }

  return {
    add: (scores) => commitPowerSafe(database, () => overwriting(connection, () => scores.forEach(add))),
    of: (runId) => read(() => statements.of.all(runId).map(scoreOf)),
    since: (workflow, after, limit) => read(() => statements.since.all(workflow, after, limit).map(scoreOf)),
    series: ({ from, to, step, workflows, monitor }) =>
      read(() =>
        statements.series.all({ from, to, step, workflows: JSON.stringify(workflows), monitor: monitor ?? null }),
      ),
    worst: ({ from, to, workflows, monitor, metric, version, order, limit }) =>
      read(() =>
        statements[order].all({
          ...{ from, to, workflows: JSON.stringify(workflows), monitor: monitor ?? null, metric, limit },
          version: version ?? null,
        }),
      ),
  };
}

const within = `workflow IN (SELECT value FROM json_each(@workflows)) AND judged_at >= @from AND judged_at < @to
  AND (@monitor IS NULL OR monitor = @monitor)`;

function prepareStatements(connection: HeddleDatabase['connection']) {
  const worst = (order: string) =>
    connection
      .prepare<[Range & { readonly metric: string; readonly version: number | null; readonly limit: number }], string>(
        `SELECT run FROM run_scores WHERE ${within} AND metric = @metric AND (@version IS NULL OR coalesce(version, 0) = @version) AND value IS NOT NULL
         ORDER BY value ${order}, judged_at DESC LIMIT @limit`,
      )
      .pluck();
  return {
    isWithoutValues: connection.prepare<[string]>('SELECT 1 FROM runs WHERE id = ? AND values_removed_at IS NOT NULL'),
    remove: connection.prepare<[string, string, string]>(
      'DELETE FROM run_scores WHERE run = ? AND monitor = ? AND metric = ?',
    ),
    add: connection.prepare<[Omit<Row, 'number'>]>(`
      INSERT INTO run_scores (run, monitor, metric, project, workflow, version, value, is_passed, explanation, error, cost, tokens, label, judged_at)
      VALUES (@run, @monitor, @metric, @project, @workflow, @version, @value, @is_passed, @explanation, @error, @cost, @tokens, @label, @judged_at)`),
    addBatch: connection.prepare<[string, string]>(
      'INSERT OR IGNORE INTO run_score_batches (batch, run) VALUES (?, ?)',
    ),
    of: connection.prepare<[string], Row>('SELECT * FROM run_scores WHERE run = ? ORDER BY number DESC'),
    since: connection.prepare<[string, number, number], Row>(
      'SELECT * FROM run_scores WHERE workflow = ? AND number > ? ORDER BY number LIMIT ?',
    ),
    series: connection.prepare<[Range & { readonly step: number }], ScoreFigures>(`
      SELECT CAST(judged_at / @step AS INTEGER) * CAST(@step AS INTEGER) AS time, workflow, coalesce(version, 0) AS version, metric,
        count(value) AS scores, total(value) AS sum, count(is_passed) AS sided, coalesce(sum(is_passed), 0) AS passed,
        count(*) - count(value) AS failed, total(cost) AS cost
      FROM run_scores WHERE ${within} GROUP BY 1, 2, 3, 4 ORDER BY 1`),
    lowest: worst('ASC'),
    highest: worst('DESC'),
  };
}

function rowOf(score: NewScore): Omit<Row, 'number'> {
  const { runId, monitorId, metric, project, workflow, version, value, isPassed, error, label, judgedAt } = score;
  return {
    ...{ run: runId, monitor: monitorId, metric, project, workflow, label, judged_at: judgedAt },
    ...{ explanation: score.explanation, cost: score.cost, tokens: score.tokens },
    version: version ?? null,
    value: value ?? null,
    is_passed: isPassed === undefined ? null : Number(isPassed),
    error: error === undefined ? null : JSON.stringify(error),
  };
}

function scoreOf(row: Row): StoredScore {
  const { number, metric, project, workflow, explanation, cost, tokens } = row;
  return {
    ...withoutUndefined({
      ...{ number, runId: row.run, monitorId: row.monitor, metric, project, workflow, explanation, cost, tokens },
      value: row.value ?? undefined,
      isPassed: row.is_passed === null ? undefined : row.is_passed === 1,
      error: row.error === null ? undefined : (JSON.parse(row.error) as NonNullable<StoredScore['error']>),
      label: LabelLevel.parse(row.label),
      judgedAt: row.judged_at,
    }),
    version: row.version ?? undefined,
  };
}

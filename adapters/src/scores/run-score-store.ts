import {
  LabelLevel,
  withoutUndefined,
  type GuardedWrite,
  type NewScore,
  type RunScoreStore,
  type ScoreFigures,
  type ScoreQuery,
  type StatementValues,
  type StoredScore,
  type StoredValue,
  type Tables,
} from '@heddle/core';

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

const columns =
  'number, run, monitor, metric, project, workflow, version, value, is_passed, explanation, error, cost, tokens, label, judged_at';

/** Stores scores of runs in any database. @example const scores = createRunScoreStore(sqliteTables(database)); */
export function createRunScoreStore(tables: Tables): RunScoreStore {
  return {
    write: {
      add: (scores) => [
        ...[...new Set(scores.map(({ runId }) => runId))].map(lockOf),
        ...scores.flatMap(scoreInsertion),
      ],
    },
    async of(runId) {
      const sql = `SELECT ${columns} FROM run_scores WHERE run = @runId ORDER BY number DESC`;
      return (await tables.all<Row>(sql, { runId })).map(scoreOf);
    },
    series: (query) => tables.all<ScoreFigures>(seriesSql, { ...rangeOf(query), step: query.step }),
    async worst({ metric, version, order, limit, ...query }) {
      const sql = `SELECT run FROM run_scores WHERE ${within} AND metric = @metric
        AND (CAST(@version AS integer) IS NULL OR coalesce(version, 0) = @version) AND value IS NOT NULL
        ORDER BY value ${order === 'lowest' ? 'ASC' : 'DESC'}, judged_at DESC, number DESC LIMIT @limit`;
      const values = { ...rangeOf(query), metric, limit, version: version ?? null };
      return (await tables.all<{ readonly run: string }>(sql, values)).map(({ run }) => run);
    },
  };
}

const within = `workflow IN (EACH @workflows) AND judged_at >= @from AND judged_at < @to
  AND (CAST(@monitor AS text) IS NULL OR monitor = @monitor)`;

const rangeOf = ({ from, to, workflows, monitor }: Omit<ScoreQuery, 'step'>): StatementValues => ({
  from,
  to,
  workflows: JSON.stringify(workflows),
  monitor: monitor ?? null,
});

const seriesSql = `SELECT floor(judged_at / @step) * @step AS time, workflow, coalesce(version, 0) AS version, metric,
    count(value) AS scores, coalesce(sum(value), 0) AS sum, count(is_passed) AS sided, coalesce(sum(is_passed), 0) AS passed,
    count(*) - count(value) AS failed, coalesce(sum(cost), 0) AS cost
  FROM run_scores WHERE ${within} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

/** A lock: a removal of the run's values is committed before or after this. */
export const lockOf = (run: string): GuardedWrite => ({
  sql: 'SELECT 1 FROM runs WHERE id = @run FOR UPDATE',
  values: { run },
});

/** A condition: after the values of a run were removed, nothing derived from them is stored. */
export const hasValues = 'NOT EXISTS (SELECT 1 FROM runs WHERE id = @run AND values_removed_at IS NOT NULL)';

function scoreInsertion(score: NewScore): readonly GuardedWrite[] {
  const { run, monitor, metric, ...row } = rowOf(score);
  return [
    {
      sql: 'DELETE FROM run_scores WHERE run = @run AND monitor = @monitor AND metric = @metric',
      values: { run, monitor, metric },
      overwrites: true,
    },
    {
      sql: `INSERT INTO run_scores (run, monitor, metric, project, workflow, version, value, is_passed, explanation, error, cost, tokens, label, judged_at)
        SELECT @run, @monitor, @metric, @project, @workflow, @version, @value, @is_passed, @explanation, @error, @cost, @tokens, @label, @judged_at
        WHERE ${hasValues}`,
      values: { run, monitor, metric, ...row },
    },
    ...(score.batches ?? []).map((batch) => batchOf(score.runId, batch)),
  ];
}

/** Records a batch that the run wrote into a conversation, if scores or samples of the run are stored. */
export const batchOf = (run: string, batch: string): GuardedWrite => ({
  sql: `INSERT INTO run_score_batches (batch, run) SELECT @batch, @run
    WHERE EXISTS (SELECT 1 FROM run_scores WHERE run = @run) OR EXISTS (SELECT 1 FROM monitor_samples WHERE run = @run)
    ON CONFLICT DO NOTHING`,
  values: { run, batch },
});

function rowOf(score: NewScore): Readonly<Record<keyof Omit<Row, 'number'>, StoredValue>> {
  const { runId, monitorId, metric, project, workflow, version, value, isPassed, error, label, judgedAt } = score;
  return {
    run: runId,
    monitor: monitorId,
    metric,
    project,
    workflow,
    label,
    judged_at: judgedAt,
    explanation: score.explanation,
    cost: score.cost,
    tokens: score.tokens,
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
      number,
      runId: row.run,
      monitorId: row.monitor,
      metric,
      project,
      workflow,
      explanation,
      cost,
      tokens,
      value: row.value ?? undefined,
      isPassed: row.is_passed === null ? undefined : row.is_passed === 1,
      error: row.error === null ? undefined : (JSON.parse(row.error) as NonNullable<StoredScore['error']>),
      label: LabelLevel.parse(row.label),
      judgedAt: row.judged_at,
    }),
    version: row.version ?? undefined,
  };
}

import { runNotFound, type FeedbackFilter, type RunQuery, type RunSummary } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { rememberReads } from '../database/remember-reads.js';
import { summaryOf, type RunRow } from './run-row.js';

interface Condition {
  readonly sql: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** Queries about runs. An index answers each of them. */
interface RunQueries {
  summary(runId: string): RunSummary;
  list(query: RunQuery): RunSummary[];
  unfinished(): RunSummary[];
  due(): { readonly runId: string; readonly until: number }[];
}

const columns = `id, workflow_id, workflow_name, status, run_trigger, accepted_at, started_at, ended_at, input_tokens, output_tokens, cost, error, origin, values_removed_at, version, caller,
  CASE WHEN run_trigger = 'replay' THEN json_extract(acceptance, '$.replay.of') END AS replay_of,
  coalesce((SELECT max(seq) FROM records WHERE run = runs.number), 0) AS last_seq`;

export function createRunQueries(database: HeddleDatabase): RunQueries {
  const { connection } = database;
  const byId = connection.prepare<[string], RunRow>(`SELECT ${columns} FROM runs WHERE id = ?`);
  const unfinished = connection.prepare<[], RunRow>(
    `SELECT ${columns} FROM runs WHERE status IN ('queued', 'running', 'suspended') ORDER BY accepted_at, number`,
  );
  // Only suspended runs have a wake time.
  const due = connection.prepare<[], { runId: string; until: number }>(
    'SELECT id AS runId, wake_at AS until FROM runs WHERE wake_at IS NOT NULL ORDER BY wake_at',
  );
  const lists = new Map<string, ReturnType<typeof prepareList>>();
  const prepareList = (conditions: string) =>
    connection.prepare<Record<string, string | number>, RunRow>(
      `SELECT ${columns} FROM runs ${conditions} ORDER BY accepted_at DESC, number DESC LIMIT @limit`,
    );

  return {
    summary: rememberReads(database, (runId) => {
      const row = byId.get(runId);
      if (row === undefined) throw runNotFound(runId);
      return summaryOf(row);
    }),
    list(query) {
      const conditions = conditionsOf(query);
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
      const statement = lists.get(where) ?? prepareList(where);
      lists.set(where, statement);
      const values: Record<string, string | number> = { limit: query.limit ?? -1 };
      for (const condition of conditions) Object.assign(values, condition.values);
      return statement.all(values).map(summaryOf);
    },
    unfinished: () => unfinished.all().map(summaryOf),
    due: () => due.all(),
  };
}

/** The conditions on `run_feedback` for each filter of the list of runs. */
export const feedbackConditions: Readonly<Record<FeedbackFilter, string>> = {
  any: 'TRUE',
  good: 'score > 0.5',
  bad: 'score < 0.5',
  comment: 'comment IS NOT NULL',
  correction: 'correction IS NOT NULL',
};

function conditionsOf({ workflowId, status, trigger, search, feedback, before }: RunQuery): readonly Condition[] {
  const conditions: Condition[] = [];
  const add = (sql: string, values: Condition['values']): void => void conditions.push({ sql, values });
  if (workflowId !== undefined) add('workflow_id = @workflow', { workflow: workflowId });
  if (status !== undefined) add('status IN (SELECT value FROM json_each(@status))', { status: JSON.stringify(status) });
  if (trigger !== undefined)
    add('run_trigger IN (SELECT value FROM json_each(@trigger))', { trigger: JSON.stringify(trigger) });
  if (search !== undefined)
    add(
      "instr(lower(workflow_name || ' ' || id || ' ' || coalesce(json_extract(error, '$.message'), '')), @search) > 0",
      {
        search: search.toLowerCase(),
      },
    );
  if (feedback !== undefined)
    add(`EXISTS (SELECT 1 FROM run_feedback WHERE run = runs.id AND ${feedbackConditions[feedback]})`, {});
  if (typeof before === 'number') add('accepted_at < @before', { before });
  // If this run was removed, all runs of the same millisecond are included: a run may then appear twice, but none is left out.
  else if (before !== undefined)
    add(
      `(accepted_at, number) < (@before, coalesce((SELECT number FROM runs WHERE id = @behind), ${Number.MAX_SAFE_INTEGER}))`,
      { before: before.acceptedAt, behind: before.runId },
    );
  return conditions;
}

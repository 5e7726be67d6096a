import { ErrorValue, runNotFound, type RunQuery, type RunStatus, type RunSummary, type RunTrigger } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { rememberReads } from '../database/remember-reads.js';
import { parseCaller } from './parse-caller.js';

/** A row of `runs` as lists need it; its types are enforced by the STRICT table, its words by what this journal writes. */
interface Row {
  readonly id: string;
  readonly workflow_id: string | null;
  readonly workflow_name: string;
  readonly status: RunStatus;
  readonly run_trigger: RunTrigger;
  readonly accepted_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost: number;
  readonly error: string | null;
  readonly origin: string | null;
  readonly values_removed_at: number | null;
  readonly version: number | null;
  readonly caller: string | null;
  readonly last_seq: number;
}

interface QueryValues {
  readonly workflow?: string;
  readonly status?: string;
  readonly trigger?: string;
  readonly search?: string;
  readonly before?: number;
  readonly behind?: string;
  readonly limit: number;
}

/** Questions about runs, each answered by an index. */
export interface RunQueries {
  summary(runId: string): RunSummary;
  list(query: RunQuery): RunSummary[];
  unfinished(): RunSummary[];
  due(): { readonly runId: string; readonly until: number }[];
}

const columns = `id, workflow_id, workflow_name, status, run_trigger, accepted_at, started_at, ended_at, input_tokens, output_tokens, cost, error, origin, values_removed_at, version, caller,
  coalesce((SELECT max(seq) FROM records WHERE run = runs.number), 0) AS last_seq`;

export function createRunQueries(database: HeddleDatabase): RunQueries {
  const { connection } = database;
  const byId = connection.prepare<[string], Row>(`SELECT ${columns} FROM runs WHERE id = ?`);
  const unfinished = connection.prepare<[], Row>(
    `SELECT ${columns} FROM runs WHERE status IN ('queued', 'running', 'suspended') ORDER BY accepted_at, number`,
  );
  // Only suspended runs have a time to wake.
  const due = connection.prepare<[], { runId: string; until: number }>(
    'SELECT id AS runId, wake_at AS until FROM runs WHERE wake_at IS NOT NULL ORDER BY wake_at',
  );
  const lists = new Map<string, ReturnType<typeof prepareList>>();
  const prepareList = (conditions: string) =>
    connection.prepare<QueryValues, Row>(
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
      const statement = lists.get(conditions) ?? prepareList(conditions);
      lists.set(conditions, statement);
      return statement
        .all({
          limit: query.limit ?? -1,
          ...(query.workflowId === undefined ? {} : { workflow: query.workflowId }),
          ...(query.status === undefined ? {} : { status: JSON.stringify(query.status) }),
          ...(query.trigger === undefined ? {} : { trigger: JSON.stringify(query.trigger) }),
          ...(query.search === undefined ? {} : { search: query.search.toLowerCase() }),
          ...(query.before === undefined ? {} : placeOf(query.before)),
        })
        .map(summaryOf);
    },
    unfinished: () => unfinished.all().map(summaryOf),
    due: () => due.all(),
  };
}

function conditionsOf(query: RunQuery): string {
  const conditions = [
    ...(query.workflowId === undefined ? [] : ['workflow_id = @workflow']),
    ...(query.status === undefined ? [] : ['status IN (SELECT value FROM json_each(@status))']),
    ...(query.trigger === undefined ? [] : ['run_trigger IN (SELECT value FROM json_each(@trigger))']),
    ...(query.search === undefined
      ? []
      : [
          "instr(lower(workflow_name || ' ' || id || ' ' || coalesce(json_extract(error, '$.message'), '')), @search) > 0",
        ]),
    ...(query.before === undefined
      ? []
      : typeof query.before === 'number'
        ? ['accepted_at < @before']
        : // Of a run that is gone, nothing of its millisecond is left out: better twice than never.
          [
            `(accepted_at, number) < (@before, coalesce((SELECT number FROM runs WHERE id = @behind), ${Number.MAX_SAFE_INTEGER}))`,
          ]),
  ];
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

function placeOf(before: NonNullable<RunQuery['before']>): Pick<QueryValues, 'before' | 'behind'> {
  return typeof before === 'number' ? { before } : { before: before.acceptedAt, behind: before.runId };
}

function summaryOf(row: Row): RunSummary {
  return {
    runId: row.id,
    ...(row.workflow_id === null ? {} : { workflowId: row.workflow_id }),
    workflowName: row.workflow_name,
    status: row.status,
    trigger: row.run_trigger,
    acceptedAt: row.accepted_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cost: row.cost,
    ...(row.error === null ? {} : { error: ErrorValue.parse(JSON.parse(row.error)) }),
    ...(row.origin === null ? {} : { origin: row.origin }),
    ...(row.values_removed_at === null ? {} : { valuesRemovedAt: row.values_removed_at }),
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.caller === null ? {} : { caller: parseCaller(row.caller) }),
    lastSeq: row.last_seq,
  };
}

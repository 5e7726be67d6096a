import { feedbackConditions } from '../run-queries.js';
import { runNotFound, type RunQuery, type RunSummary } from '@heddle/core';
import { JoinedReads } from '../../event-loop/joined-reads.js';
import { cleanText } from '../../postgres/clean-text.js';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import { summaryOf, type RunRow } from '../run-row.js';

const columns = `id, workflow_id, workflow_name, status, run_trigger, accepted_at, started_at, ended_at,
  input_tokens::float8 AS input_tokens, output_tokens::float8 AS output_tokens, cost, error, origin, replay_of, values_removed_at, version,
  caller, last_seq::float8 AS last_seq`;

/** Lists and counts runs, and reads their summaries. */
export class RunLists {
  private readonly database: PostgresDatabase;
  /** Many watchers read the summary of a run at once, and their rights are checked twice a second. */
  private readonly summaries = new JoinedReads<RunSummary>();

  constructor(database: PostgresDatabase) {
    this.database = database;
  }

  summary(runId: string): Promise<RunSummary> {
    return this.summaries.read(runId, () => this.readSummary(runId));
  }

  private async readSummary(runId: string): Promise<RunSummary> {
    const [row] = await this.database.run<RunRow>({
      name: 'heddle-summary',
      sql: `SELECT ${columns} FROM ${this.database.schema}.runs WHERE id = $1`,
      values: [cleanText(runId)],
    });
    if (row === undefined) throw runNotFound(runId);
    return summaryOf(row);
  }

  async list(query: RunQuery): Promise<readonly RunSummary[]> {
    const { schema } = this.database;
    const { conditions, values } = conditionsOf(query, schema);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const limit = query.limit === undefined ? '' : `LIMIT $${values.push(query.limit)}::bigint`;
    const sql = `SELECT ${columns} FROM ${schema}.runs ${where} ORDER BY accepted_at DESC, number DESC ${limit}`;
    return (await this.database.run<RunRow>({ sql, values })).map(summaryOf);
  }

  async unfinished(): Promise<readonly RunSummary[]> {
    const sql = `SELECT ${columns} FROM ${this.database.schema}.runs WHERE status IN ('queued', 'running', 'suspended') ORDER BY accepted_at, number`;
    return (await this.database.run<RunRow>({ sql, values: [] })).map(summaryOf);
  }

  /** Only suspended runs have a wake time. */
  due(): Promise<readonly { readonly runId: string; readonly until: number }[]> {
    const sql = `SELECT id AS "runId", wake_at AS until FROM ${this.database.schema}.runs WHERE wake_at IS NOT NULL ORDER BY wake_at`;
    return this.database.run({ sql, values: [] });
  }
}

function conditionsOf(
  { workflowId, status, trigger, search, feedback, before }: RunQuery,
  schema: string,
): { readonly conditions: readonly string[]; readonly values: unknown[] } {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  if (workflowId !== undefined) conditions.push(`workflow_id = ${value(cleanText(workflowId))}`);
  if (status !== undefined) conditions.push(`status = ANY(${value([...status])}::text[])`);
  if (trigger !== undefined) conditions.push(`run_trigger = ANY(${value([...trigger])}::text[])`);
  if (search !== undefined)
    conditions.push(
      `strpos(lower((workflow_name || ' ' || id || ' ' || coalesce(error_message, '')) COLLATE "C"), ${value(cleanText(search.toLowerCase()))}) > 0`,
    );
  if (feedback !== undefined)
    conditions.push(
      `EXISTS (SELECT 1 FROM ${schema}.run_feedback WHERE run = runs.id AND ${feedbackConditions[feedback]})`,
    );
  if (typeof before === 'number') conditions.push(`accepted_at < ${value(before)}::float8`);
  // If this run was removed, all runs of the same millisecond are included: a run may then appear twice, but none is left out.
  else if (before !== undefined)
    conditions.push(
      `(accepted_at, number) < (${value(before.acceptedAt)}::float8, coalesce((SELECT number FROM ${schema}.runs WHERE id = ${value(cleanText(before.runId))}), ${Number.MAX_SAFE_INTEGER}))`,
    );
  return { conditions, values };
}

import { rollupUnits, type GuardedWrite, type RollupStep, type Tables } from '@heddle/core';
import { countUp } from '../sql/revisions.js';
import { RollupSums, type EndedRun } from './rollup-facts.js';
import type { Origin, RollupGroups } from './rollup-groups.js';
import { RunReads } from './rollup-reads.js';
import { writesOfSums } from './rollup-writes.js';

interface RunRow extends Origin {
  readonly number: number;
  readonly id: string;
  readonly status: string;
  readonly acceptedAt: number;
  readonly endedAt: number | null;
  readonly tokens: number;
  readonly error: string | null;
  readonly bundle: string;
}

interface CallRow extends Origin {
  readonly number: number;
  readonly kind: string;
  readonly model: string;
  readonly endedAt: number;
  readonly firstTokenMs: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number | null;
  readonly currency: string | null;
  readonly isFailed: number;
}

/** Waiting rows, and the writes that remove them from the queue. The writes fail if another process has counted one of the rows. */
interface Waiting<Row> {
  readonly rows: readonly Row[];
  readonly taken: readonly GuardedWrite[];
}

const units = Object.values(rollupUnits).map(({ ms }) => ms);

/**
 * Counts waiting runs and calls. Counted rows leave their queue, or the mark moves, in the same commit as the sums, so a crash at any
 * moment counts nothing twice and loses nothing. If two processes count at once, the second one fails and counts the remaining rows again.
 */
export class RollupSteps {
  private readonly tables: Tables;
  private readonly groups: RollupGroups;
  private readonly reads: RunReads;

  constructor(tables: Tables, groups: RollupGroups) {
    this.tables = tables;
    this.groups = groups;
    this.reads = new RunReads(tables);
  }

  /** Errors: `conflict` if something that it read was counted or removed meanwhile; `storage_*`, `database_*`. */
  async step(limit: number): Promise<RollupStep> {
    const runs = [await this.runs('rollup_queue', limit)];
    const calls = [await this.calls(limit)];
    const isCaughtUp = sizeOf(runs) < limit && sizeOf(calls) < limit;
    let isDone = false;
    // Runs that ended before the upgrade are counted only when no newer ones wait.
    if (isCaughtUp) {
      const runsBefore = await this.runs('rollup_backlog', limit - sizeOf(runs));
      const callsBefore = await this.callsBefore(limit - sizeOf(calls));
      isDone = runsBefore.rows.length === 0 && callsBefore.rows.length === 0;
      runs.push(runsBefore);
      calls.push(callsBefore);
    }
    const sums = units.map((ms) => new RollupSums(ms));
    await this.addRuns(
      sums,
      runs.flatMap(({ rows }) => rows),
    );
    await this.addCalls(
      sums,
      calls.flatMap(({ rows }) => rows),
    );
    const taken = [...runs, ...calls].flatMap((waiting) => waiting.taken);
    // Steps of two processes wait for each other at this row. Otherwise they would lock the rows of the sums, in different orders.
    if (taken.length > 0)
      await this.tables.note([
        countUp('rollups'),
        ...taken,
        ...sums.flatMap((sum, index) => writesOfSums(units[index] ?? 0, sum)),
      ]);
    return { runs: sizeOf(runs), calls: sizeOf(calls), isCaughtUp, isDone };
  }

  private async runs(queue: 'rollup_queue' | 'rollup_backlog', limit: number): Promise<Waiting<RunRow>> {
    const rows = await this.tables.all<RunRow>(runsSql(queue), { limit });
    return { rows, taken: takenFrom(queue, 'run', rows) };
  }

  private async calls(limit: number): Promise<Waiting<CallRow>> {
    const rows = await this.tables.all<CallRow>(callsSql, { limit });
    return { rows, taken: takenFrom('rollup_call_queue', 'number', rows) };
  }

  private async callsBefore(limit: number): Promise<Waiting<CallRow>> {
    const found = await this.tables.get<{ readonly number: number }>(markSql);
    const mark = found?.number ?? 0;
    if (mark === 0 || limit <= 0) return { rows: [], taken: [] };
    const rows = await this.tables.all<CallRow>(callsBeforeSql, { mark, limit });
    const next = (rows.at(-1)?.number ?? 1) - 1;
    return { rows, taken: [{ sql: setMarkSql, values: { mark, next }, rows: 1 }] };
  }

  private async addRuns(sums: readonly RollupSums[], rows: readonly RunRow[]): Promise<void> {
    // A replay repeats runs that are already counted. Its model calls cost money, so they do count.
    const counted = rows.filter(({ trigger }) => trigger !== 'replay');
    const groups = await this.groups.idsOf(counted);
    const models = await this.reads.modelsOf(counted.filter(({ tokens }) => tokens > 0));
    const nodes = await this.reads.failedNodesOf(counted.filter(({ status }) => status === 'failed'));
    for (const [index, row] of counted.entries()) {
      const run: EndedRun = {
        ...factsOf(row, nodes.get(row.number) ?? ''),
        group: groups[index] ?? 0,
        model: models.get(row.id) ?? '',
        savings: await this.reads.savingsOf(row.number, row.bundle),
      };
      for (const sum of sums) sum.addRun(run);
    }
  }

  private async addCalls(sums: readonly RollupSums[], rows: readonly CallRow[]): Promise<void> {
    const counted = rows.filter(({ kind }) => kind !== 'trial');
    const groups = await this.groups.idsOf(counted);
    for (const [index, row] of counted.entries()) {
      const call = {
        ...row,
        group: groups[index] ?? 0,
        currency: row.currency ?? '',
        cost: row.cost ?? 0,
        isFailed: row.isFailed === 1,
      };
      for (const sum of sums) sum.addCall(call);
    }
  }
}

const sizeOf = (waiting: readonly Waiting<unknown>[]): number =>
  waiting.reduce((sum, { rows }) => sum + rows.length, 0);

function factsOf(
  { id, status, endedAt, acceptedAt, error: stored }: RunRow,
  node: string,
): Omit<EndedRun, 'group' | 'model' | 'savings'> {
  const end = endedAt ?? acceptedAt;
  const error = status === 'failed' && stored !== null ? errorOf(stored) : undefined;
  return {
    status,
    code: error?.code ?? '',
    endedAt: end,
    ms: Math.max(0, end - acceptedAt),
    failure: error && { runId: id, node, message: error.message },
  };
}

/** Removes exactly the rows that were read: others with numbers in between may have been added meanwhile. */
function takenFrom(
  queue: string,
  column: string,
  rows: readonly { readonly number: number }[],
): readonly GuardedWrite[] {
  if (rows.length === 0) return [];
  const numbers = JSON.stringify(rows.map(({ number }) => number));
  return [
    {
      sql: `DELETE FROM ${queue} WHERE ${column} IN (EACH NUMBER @numbers)`,
      values: { numbers },
      rows: rows.length,
    },
  ];
}

// In SQLite, a CROSS JOIN always starts with its first table.
const runsSql = (queue: string): string => `
  SELECT runs.number AS number, runs.id AS id, workflow_id AS workflow, version, run_trigger AS "trigger", caller, NULL AS key, status,
    accepted_at AS "acceptedAt", ended_at AS "endedAt", input_tokens + output_tokens AS tokens, error, bundle
  FROM ${queue} AS waiting CROSS JOIN runs WHERE runs.number = waiting.run ORDER BY waiting.run LIMIT @limit`;

const callColumns = `calls.number AS number, calls.workflow AS workflow, runs.version AS version, runs.run_trigger AS "trigger",
  runs.caller AS caller, calls.api_key AS key, kind, model, started + ms AS "endedAt", first_token_ms AS "firstTokenMs",
  calls.input_tokens AS "inputTokens", calls.output_tokens AS "outputTokens", calls.cost AS cost, currency,
  CASE WHEN calls.error IS NULL THEN 0 ELSE 1 END AS "isFailed"`;

const callsSql = `SELECT ${callColumns} FROM rollup_call_queue AS waiting CROSS JOIN model_calls AS calls LEFT JOIN runs ON runs.id = calls.run
  WHERE calls.number = waiting.number ORDER BY waiting.number LIMIT @limit`;

const callsBeforeSql = `SELECT ${callColumns} FROM model_calls AS calls LEFT JOIN runs ON runs.id = calls.run
  WHERE calls.number <= +@mark ORDER BY calls.number DESC LIMIT @limit`;

const markSql = "SELECT number FROM rollup_marks WHERE name = 'calls-before'";
const setMarkSql = "UPDATE rollup_marks SET number = @next WHERE name = 'calls-before' AND number = @mark";

function errorOf(text: string): { readonly code: string; readonly message: string } {
  try {
    const { code, message } = JSON.parse(text) as { readonly code?: unknown; readonly message?: unknown }; // written by the journal
    return { code: typeof code === 'string' ? code : 'internal', message: typeof message === 'string' ? message : '' };
  } catch {
    return { code: 'internal', message: '' };
  }
}

import { rollupUnits, type RollupStep } from '@heddle/core';
import type Database from 'better-sqlite3';
import { RollupSums, type EndedRun } from './rollup-facts.js';
import { createRollupGroups, type Origin } from './rollup-groups.js';
import { createRunReads } from './rollup-reads.js';
import { createRollupWrites } from './rollup-writes.js';

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

const units = Object.values(rollupUnits).map(({ ms }) => ms);

/**
 * Counts what waits. Call a step within a transaction: what it counts leaves the queue, or moves the mark, in the same commit as the sums, so
 * that a kill at any moment counts nothing twice and leaves nothing out.
 */
export function createRollupStep(connection: Database.Database) {
  const groups = createRollupGroups(connection);
  const write = createRollupWrites(connection);
  const runOf = createRunReader(connection, groups);
  const [queue, backlog] = [prepareQueue(connection, 'rollup_queue'), prepareQueue(connection, 'rollup_backlog')];
  const countCalls = createCallCounter(connection, groups);

  function countRuns(sums: readonly RollupSums[], { next, drop }: typeof queue, limit: number): number {
    const rows = next.all(limit);
    for (const row of rows) {
      // A replay repeats runs that are counted already. Its model calls cost money, so they count.
      if (row.trigger === 'replay') continue;
      const run = runOf(row);
      for (const sum of sums) sum.addRun(run);
    }
    const last = rows.at(-1);
    if (last !== undefined) drop.run(last.number);
    return rows.length;
  }

  return {
    groups,
    step: (limit: number): RollupStep => {
      const sums = units.map((ms) => new RollupSums(ms));
      let runs = countRuns(sums, queue, limit);
      let calls = countCalls(sums, 'calls', limit);
      const isCaughtUp = runs < limit && calls < limit;
      let isDone = false;
      // What ended before the upgrade waits for what ends now.
      if (isCaughtUp) {
        const before = countRuns(sums, backlog, limit - runs);
        const callsBefore = countCalls(sums, 'calls-before', limit - calls);
        isDone = before === 0 && callsBefore === 0;
        runs += before;
        calls += callsBefore;
      }
      sums.forEach((sum, index) => write(units[index] ?? 0, sum));
      return { runs, calls, isCaughtUp, isDone };
    },
  };
}

type Groups = Pick<ReturnType<typeof createRollupGroups>, 'idOf'>;

/** Reads what is counted of a run. */
function createRunReader(connection: Database.Database, groups: Groups): (row: RunRow) => EndedRun {
  const reads = createRunReads(connection);
  return (row) => {
    const { status, endedAt, acceptedAt } = row;
    const end = endedAt ?? acceptedAt;
    const error = status === 'failed' && row.error !== null ? errorOf(row.error) : undefined;
    return {
      group: groups.idOf(row),
      model: row.tokens > 0 ? reads.modelOf(row.id) : '',
      status,
      code: error?.code ?? '',
      endedAt: end,
      ms: Math.max(0, end - acceptedAt),
      failure: error && { runId: row.id, node: reads.failedNodeOf(row.number), message: error.message },
      savings: reads.savingsOf(row.number, row.bundle),
    };
  };
}

/** Counts the calls after a mark, or those before the upgrade below one. */
function createCallCounter(
  connection: Database.Database,
  groups: Groups,
): (sums: readonly RollupSums[], name: 'calls' | 'calls-before', limit: number) => number {
  const calls = prepareCalls(connection);
  return (sums, name, limit) => {
    const mark = calls.mark.get(name) ?? 0;
    const rows = (name === 'calls' ? calls.after : calls.downFrom).all(mark, limit);
    for (const row of rows) {
      if (row.kind === 'trial') continue;
      const call = {
        ...row,
        group: groups.idOf(row),
        currency: row.currency ?? '',
        cost: row.cost ?? 0,
        isFailed: row.isFailed === 1,
      };
      for (const sum of sums) sum.addCall(call);
    }
    const last = rows.at(-1);
    if (last !== undefined) calls.setMark.run(name === 'calls' ? last.number : last.number - 1, name);
    return rows.length;
  };
}

function prepareQueue(connection: Database.Database, table: string) {
  return {
    next: connection.prepare<[number], RunRow>(`
      SELECT runs.number, runs.id, workflow_id AS workflow, version, run_trigger AS "trigger", caller, NULL AS key, status,
        accepted_at AS acceptedAt, ended_at AS endedAt, input_tokens + output_tokens AS tokens, error, bundle
      FROM ${table} CROSS JOIN runs ON runs.number = ${table}.run ORDER BY ${table}.run LIMIT ?`),
    // A removed run has left the queue by a trigger, so that nothing below is left out.
    drop: connection.prepare<[number]>(`DELETE FROM ${table} WHERE run <= ?`),
  };
}

function prepareCalls(connection: Database.Database) {
  const select = (condition: string): string => `
    SELECT calls.number, calls.workflow, runs.version, runs.run_trigger AS "trigger", runs.caller, calls.api_key AS key, kind, model,
      started + ms AS endedAt, first_token_ms AS firstTokenMs, calls.input_tokens AS inputTokens, calls.output_tokens AS outputTokens,
      calls.cost, currency, calls.error IS NOT NULL AS isFailed
    FROM model_calls AS calls LEFT JOIN runs ON runs.id = calls.run WHERE ${condition} LIMIT ?`;
  return {
    mark: connection.prepare<[string], number>('SELECT number FROM rollup_marks WHERE name = ?').pluck(),
    setMark: connection.prepare<[number, string]>('UPDATE rollup_marks SET number = ? WHERE name = ?'),
    after: connection.prepare<[number, number], CallRow>(select('calls.number > ? ORDER BY calls.number')),
    downFrom: connection.prepare<[number, number], CallRow>(select('calls.number <= ? ORDER BY calls.number DESC')),
  };
}

/** The error in a row of `runs`. */
function errorOf(text: string): { readonly code: string; readonly message: string } {
  try {
    const { code, message } = JSON.parse(text) as { readonly code?: unknown; readonly message?: unknown }; // written by the journal
    return { code: typeof code === 'string' ? code : 'internal', message: typeof message === 'string' ? message : '' };
  } catch {
    return { code: 'internal', message: '' };
  }
}

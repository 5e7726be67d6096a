import type { GuardedWrite } from '@heddle/core';
import { toBlob } from '../sql/histogram-blob.js';
import type { RollupSums } from './rollup-facts.js';

const runsSql = `INSERT INTO rollup_runs (unit, start, grp, model, status, code, runs, durations)
  VALUES (@unit, @start, @group, @model, @status, @code, @runs, @durations)
  ON CONFLICT (unit, start, grp, model, status, code) DO UPDATE SET runs = rollup_runs.runs + excluded.runs,
    durations = histogram_add(rollup_runs.durations, excluded.durations)`;

const callsSql = `INSERT INTO rollup_calls (unit, start, grp, model, currency, calls, failed, input_tokens, output_tokens, cost, first_tokens)
  VALUES (@unit, @start, @group, @model, @currency, @calls, @failed, @inputTokens, @outputTokens, @cost, @firstTokens)
  ON CONFLICT (unit, start, grp, model, currency) DO UPDATE SET calls = rollup_calls.calls + excluded.calls,
    failed = rollup_calls.failed + excluded.failed, input_tokens = rollup_calls.input_tokens + excluded.input_tokens,
    output_tokens = rollup_calls.output_tokens + excluded.output_tokens, cost = rollup_calls.cost + excluded.cost,
    first_tokens = histogram_add(rollup_calls.first_tokens, excluded.first_tokens)`;

const savingsSql = `INSERT INTO rollup_savings (unit, start, grp, model, source, currency, money)
  VALUES (@unit, @start, @group, @model, @source, @currency, @money)
  ON CONFLICT (unit, start, grp, model, source, currency) DO UPDATE SET money = rollup_savings.money + excluded.money`;

const causesSql = `INSERT INTO rollup_causes (unit, start, grp, model, cause, code, node, runs, last_run, last_at)
  VALUES (@unit, @start, @group, @model, @cause, @code, @node, @runs, @lastRun, @lastAt)
  ON CONFLICT (unit, start, grp, model, cause) DO UPDATE SET runs = rollup_causes.runs + excluded.runs,
    last_run = CASE WHEN excluded.last_at >= rollup_causes.last_at THEN excluded.last_run ELSE rollup_causes.last_run END,
    last_at = CASE WHEN excluded.last_at >= rollup_causes.last_at THEN excluded.last_at ELSE rollup_causes.last_at END`;

/** The writes that add sums to the tables. Both databases have a function `histogram_add`. */
export function writesOfSums(unit: number, { runs, calls, savings, causes }: RollupSums): readonly GuardedWrite[] {
  return [
    ...[...runs.values()].map((sum) => ({ sql: runsSql, values: { unit, ...sum, durations: toBlob(sum.durations) } })),
    ...[...calls.values()].map((sum) => ({
      sql: callsSql,
      values: { unit, ...sum, firstTokens: toBlob(sum.firstTokens) },
    })),
    ...[...savings.values()].map((sum) => ({ sql: savingsSql, values: { unit, ...sum } })),
    ...[...causes.values()].map((sum) => ({ sql: causesSql, values: { unit, ...sum } })),
  ];
}

import { rollupUnits, type RollupStore, type Tables } from '@heddle/core';
import { retryOnConflict } from '../sql/retry-on-conflict.js';
import { findExampleRuns } from './example-runs.js';
import { RollupGroups } from './rollup-groups.js';
import { RollupQueries } from './rollup-queries.js';
import { RollupSteps } from './rollup-step.js';

const tableNames = ['rollup_runs', 'rollup_calls', 'rollup_savings', 'rollup_causes'] as const;

/** The oldest start time of each table and unit, in one query. */
const oldestSql = tableNames
  .flatMap((table) =>
    Object.values(rollupUnits).map(
      ({ ms }) =>
        `SELECT '${table}' AS name, ${ms} AS unit, (SELECT min(start) FROM ${table} WHERE unit = ${ms}) AS start`,
    ),
  )
  .join(' UNION ALL ');

const sinceSql =
  'SELECT coalesce(ended_at, accepted_at) AS since FROM runs WHERE number = (SELECT min(run) FROM rollup_queue)';
const waitingSql = 'SELECT count(*) AS waiting FROM (SELECT 1 FROM rollup_backlog LIMIT 100000) AS counted';

/**
 * Sums of runs and model calls, by minute, hour and day.
 *
 * - Triggers queue a run in the commit of its end, and a call in its own commit; both are counted later, so each pays for one small row. A
 *   mark would miss what another process commits later with a lower number.
 * - The sums hold ids, codes and numbers, but nothing that people or models wrote. They stay when runs are removed.
 *
 * @example const rollups = createRollupStore(tables); while (!(await rollups.step(200)).isDone) await yieldToEventLoop();
 */
export function createRollupStore(tables: Tables): RollupStore {
  const groups = new RollupGroups(tables);
  const steps = new RollupSteps(tables, groups);
  const queries = new RollupQueries(tables);
  return {
    step: (limit) => retryOnConflict(() => steps.step(limit)),
    prune: (now) => prune(tables, now),
    async lag() {
      const oldest = await tables.get<{ readonly since: number }>(sinceSql);
      const counted = await tables.get<{ readonly waiting: number }>(waitingSql);
      return { since: oldest?.since, waiting: counted?.waiting ?? 0 };
    },
    groups: () => groups.all(),
    runs: (query) => queries.runs(query),
    calls: (query) => queries.calls(query),
    savings: (query) => queries.savings(query),
    causes: (query) => queries.causes(query),
    failedRuns: (query) => queries.failedRuns(query),
    exampleRuns: (query, of) => findExampleRuns(tables, groups, query, of),
  };
}

/** Removes the oldest entries of each table and unit if their retention has expired. Returns whether any were removed. */
async function prune(tables: Tables, now: number): Promise<boolean> {
  const keptMs = new Map<number, number>(Object.values(rollupUnits).map(({ ms, keepMs }) => [ms, keepMs]));
  const rows = await tables.all<{ readonly name: string; readonly unit: number; readonly start: number | null }>(
    oldestSql,
  );
  const due = rows.flatMap(({ name, unit, start }) =>
    start !== null && start < now - (keptMs.get(unit) ?? Infinity) ? [{ name, unit, start }] : [],
  );
  await tables.note(
    due.map(({ name, unit, start }) => ({
      sql: `DELETE FROM ${name} WHERE unit = @unit AND start = @start`,
      values: { unit, start },
    })),
  );
  return due.length > 0;
}

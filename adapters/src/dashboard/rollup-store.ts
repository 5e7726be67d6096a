import { rollupUnits, type RollupLag, type RollupStore } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { addHistogramFunctions } from './histogram-blob.js';
import { createExampleRuns } from './example-runs.js';
import { createRollupQueries } from './rollup-queries.js';
import { createRollupStep } from './rollup-step.js';

const tables = ['rollup_runs', 'rollup_calls', 'rollup_savings', 'rollup_causes'];

/**
 * Sums of runs and model calls in heddle.db, by minute, hour and day.
 *
 * - A run is queued in the commit of its end, by a trigger, and counted later: it pays for one small row.
 * - The sums hold ids, codes and numbers, and nothing of what people or models wrote. So they stay when runs are removed.
 *
 * @example const rollups = createRollupStore(database); while (!rollups.step(200).isDone) await yieldToEventLoop();
 */
export function createRollupStore(database: HeddleDatabase): RollupStore {
  const { connection, file } = database;
  addHistogramFunctions(connection);
  const { groups, step } = createRollupStep(connection);
  const queries = createRollupQueries(connection);
  const examples = createExampleRuns(connection, groups.idOf);
  const prune = preparePrune(database);
  const oldest = connection
    .prepare<[], number | null>(
      'SELECT coalesce(ended_at, accepted_at) FROM runs WHERE number = (SELECT min(run) FROM rollup_queue)',
    )
    .pluck();
  const waiting = connection
    .prepare<[], number>('SELECT count(*) FROM (SELECT 1 FROM rollup_backlog LIMIT 100000)')
    .pluck();
  const read = <T>(work: () => T): T => withStorageErrors(file, work);

  return {
    step: (limit) =>
      read(() => {
        try {
          return connection.transaction(step).immediate(limit);
        } catch (error) {
          groups.forget();
          throw error;
        }
      }),
    prune: (now) => read(() => prune(now)),
    lag: (): RollupLag => read(() => ({ since: oldest.get() ?? undefined, waiting: waiting.get() ?? 0 })),
    groups: () => read(() => groups.all()),
    runs: (...of) => read(() => queries.runs(...of)),
    calls: (...of) => read(() => queries.calls(...of)),
    savings: (...of) => read(() => queries.savings(...of)),
    causes: (query) => read(() => queries.causes(query)),
    failedRuns: (query) => read(() => queries.failedRuns(query)),
    exampleRuns: (query, of) => read(() => examples(query, of)),
  };
}

/** Removes the oldest step of a unit that is over its time, one a call. */
function preparePrune({ connection }: HeddleDatabase): (now: number) => boolean {
  const statements = tables.map((table) => ({
    oldest: connection.prepare<[number], number | null>(`SELECT min(start) FROM ${table} WHERE unit = ?`).pluck(),
    remove: connection.prepare<[number, number]>(`DELETE FROM ${table} WHERE unit = ? AND start = ?`),
  }));
  return (now) => {
    let isRemoved = false;
    for (const { oldest, remove } of statements)
      for (const { ms, keepMs } of Object.values(rollupUnits)) {
        const start = oldest.get(ms);
        if (start === undefined || start === null || start >= now - keepMs) continue;
        isRemoved = remove.run(ms, start).changes > 0 || isRemoved;
      }
    return isRemoved;
  };
}

import { runNotFound, type GuardedWrite, type HeddleError } from '@heddle/core';
import { lock } from '../../sql/lock.js';

/** Whether a run has ended. */
export const ended = "status IN ('done', 'failed', 'cancelled')";

/**
 * Selects the runs whose results or effects an unfinished run may still read: all runs that it was resumed from, directly or indirectly.
 * The query starts from the unfinished runs, because they are few; an index on origins would find every run that was ever resumed.
 */
export const neededRuns = `WITH RECURSIVE needed (id) AS (
  SELECT origin FROM runs WHERE status IN ('queued', 'running', 'suspended', 'paused') AND (origin || '') IS NOT NULL
  UNION SELECT runs.origin FROM needed JOIN runs ON runs.id = needed.id WHERE runs.origin IS NOT NULL)`;

/** Creates the errors for a run that has not ended, and for a run that an unfinished run continues. */
export type StayingRun = (why: 'unfinished' | 'needed') => HeddleError;

/**
 * The conditions for marking a run for removal, for the same commit. The first write locks the run. The acceptance of a run that continues
 * it takes the same lock, so such a run is not missed.
 *
 * @example await tables.commit([...removableRun('run-1', (why) => stillNeeded('run-1', why)), mark]);
 */
export const removableRun = (runId: string, stays: StayingRun): readonly GuardedWrite[] => [
  lock('runs', runId, () => runNotFound(runId)),
  ...restingRuns([runId], stays),
];

/** The same conditions for several runs, in the commit that removes them. Without `stays`, the commit fails with `conflict`. */
export const removableRuns = (runIds: readonly string[], stays?: StayingRun): readonly GuardedWrite[] => [
  {
    // Locked in the order of their numbers, so that two removals wait for each other and do not deadlock.
    sql: 'SELECT 1 FROM runs WHERE id IN (EACH @runIds) ORDER BY number FOR UPDATE',
    values: { runIds: JSON.stringify(runIds) },
    rows: new Set(runIds).size,
  },
  ...restingRuns(runIds, stays),
];

const restingRuns = (runIds: readonly string[], stays: StayingRun | undefined): readonly GuardedWrite[] => {
  const values = { runIds: JSON.stringify(runIds) };
  const otherwise = (why: Parameters<StayingRun>[0]) => (stays === undefined ? {} : { otherwise: () => stays(why) });
  return [
    {
      sql: `SELECT 1 FROM runs WHERE id IN (EACH @runIds) AND NOT (${ended})`,
      values,
      rows: 0,
      ...otherwise('unfinished'),
    },
    {
      sql: `SELECT 1 FROM runs WHERE id IN (EACH @runIds) AND id IN (${neededRuns} SELECT id FROM needed)`,
      values,
      rows: 0,
      ...otherwise('needed'),
    },
  ];
};

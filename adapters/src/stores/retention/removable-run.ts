import { runNotFound, type GuardedWrite, type HeddleError } from '@heddle/core';
import { lock } from '../../sql/lock.js';

/** Runs with these ends rest. */
export const ended = "status IN ('done', 'failed', 'cancelled')";

/**
 * Runs whose results or effects a run that has not ended may still read: the runs that it was resumed from, however far back. The query
 * begins with the runs that have not ended, because they are few; an index of origins would lead to all that were resumed.
 */
export const neededRuns = `WITH RECURSIVE needed (id) AS (
  SELECT origin FROM runs WHERE status IN ('queued', 'running', 'suspended', 'paused') AND (origin || '') IS NOT NULL
  UNION SELECT runs.origin FROM needed JOIN runs ON runs.id = needed.id WHERE runs.origin IS NOT NULL)`;

/** The errors for a run that has not ended, and for one that a run which has not ended goes on from. */
export type StayingRun = (why: 'unfinished' | 'needed') => HeddleError;

/**
 * What must be true of a run in the commit that marks it for removal. The first write locks it, as the acceptance of a run that goes on from it does,
 * so that a run that begins at that moment is seen.
 *
 * @example await tables.commit([...removableRun('run-1', (why) => stillNeeded('run-1', why)), mark]);
 */
export const removableRun = (runId: string, stays: StayingRun): readonly GuardedWrite[] => [
  lock('runs', runId, () => runNotFound(runId)),
  ...restingRuns([runId], stays),
];

/** The same of several runs, in the commit that removes them. Without errors of their own they are refused with `conflict`. */
export const removableRuns = (runIds: readonly string[], stays?: StayingRun): readonly GuardedWrite[] => [
  {
    // In the order of their numbers, so that two removals wait for each other.
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

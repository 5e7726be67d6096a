import type { PlacedRun } from '@heddle/core';
import { cleanText } from '../postgres/clean-text.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';

/** Runs that wait for a worker and have the same needs. */
export interface WaitingRunSet extends PlacedRun {
  readonly runs: number;
  /** The oldest of them, at most 1,000. */
  readonly runIds: readonly string[];
  /** How long the oldest of them has waited, in milliseconds. */
  readonly oldestMs: number;
}

export interface HeldLease {
  readonly name: string;
  readonly holder: string;
}

/** Reads the state of all processes on a database. */
export interface ClusterReader {
  /** Runs that could continue but have no owner, the oldest sets first. */
  waiting(): Promise<readonly WaitingRunSet[]>;
  leases(): Promise<readonly HeldLease[]>;
  /** The needs of those of the given runs that wait for a worker. */
  placed(runIds: readonly string[]): Promise<readonly (PlacedRun & { readonly runId: string })[]>;
}

const isReady = `owner IS NULL AND (status IN ('queued', 'running')
  OR (status = 'suspended' AND wake_at <= extract(epoch FROM clock_timestamp()) * 1000))`;

/**
 * Creates a reader of the cluster.
 *
 * @example const [first] = await createClusterReader(database).waiting();
 */
export function createClusterReader(database: Pick<PostgresDatabase, 'run' | 'schema'>): ClusterReader {
  const { schema } = database;
  return {
    waiting: () =>
      database.run<WaitingRunSet>({
        name: 'heddle-waiting-sets',
        sql: `SELECT class, needs, count(*)::float8 AS runs, (array_agg(id ORDER BY number))[1:1000] AS "runIds",
            greatest(0, extract(epoch FROM clock_timestamp() - min(ready_at)) * 1000)::float8 AS "oldestMs"
          FROM (SELECT number, id, class, needs, CASE WHEN status = 'suspended' THEN to_timestamp(wake_at / 1000) ELSE ready_at END AS ready_at
            FROM ${schema}.runs WHERE ${isReady}) ready
          GROUP BY class, needs ORDER BY min(number)`,
        values: [],
      }),
    leases: () =>
      database.run<HeldLease>({
        name: 'heddle-held-leases',
        sql: `SELECT name, holder FROM ${schema}.leases WHERE until > clock_timestamp() ORDER BY name`,
        values: [],
      }),
    placed: (runIds) =>
      database.run<PlacedRun & { readonly runId: string }>({
        name: 'heddle-placed',
        sql: `SELECT id AS "runId", class, needs FROM ${schema}.runs WHERE id = ANY($1::text[]) AND ${isReady}`,
        values: [runIds.map(cleanText)],
      }),
  };
}

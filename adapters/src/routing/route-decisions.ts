import { renameRouteDetails, type GuardedWrite, type RunRecord, type Tables } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';

/** A recorded decision of a `route` node with everything that it was based on. */
export interface RecordedRoute {
  readonly runId: string;
  readonly path: string;
  readonly time: number;
  /** The details of the record: the request, facts, the policy, and the choice. */
  readonly details: unknown;
}

export interface RouteDecisions {
  readonly projection: RunProjection;
  /** Newest first. */
  latest(query: { readonly limit: number; readonly workflow?: string | undefined }): Promise<readonly RecordedRoute[]>;
}

interface Row {
  readonly run: string;
  readonly path: string;
  readonly time: number;
  readonly details: string;
}

/** Stores the newest route decisions in any database, for what-if analyses. The records of the runs remain the source of truth. */
export function createRouteDecisions(tables: Tables, keep = 10_000): RouteDecisions {
  return {
    projection: {
      types: ['node-decision'],
      write: (run, records) => records.flatMap((record) => decisionOf(run, record, keep)),
    },
    async latest({ limit, workflow }) {
      const sql = `SELECT run, path, time, details FROM route_decisions WHERE CAST(@workflow AS text) IS NULL OR workflow = @workflow
        ORDER BY number DESC LIMIT @limit`;
      const rows = await tables.all<Row>(sql, { limit, workflow: workflow ?? null });
      return rows.map(({ run, path, time, details }): RecordedRoute => {
        return { runId: run, path, time, details: renameRouteDetails(JSON.parse(details)) };
      });
    },
  };
}

/** Stores a decision and deletes the oldest ones. */
function decisionOf(run: string, record: RunRecord, keep: number): readonly GuardedWrite[] {
  if (record.type !== 'node-decision' || record.kind !== 'route') return [];
  const { path, time, details = {} } = record;
  return [
    {
      sql: `INSERT INTO route_decisions (run, workflow, path, time, details)
        SELECT id, workflow_id, @path, @time, @details FROM runs WHERE id = @run`,
      values: { run, path, time, details: JSON.stringify(details) },
    },
    {
      sql: 'DELETE FROM route_decisions WHERE number <= (SELECT max(number) FROM route_decisions) - @keep',
      values: { keep },
    },
  ];
}

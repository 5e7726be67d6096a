import { renameRouteDetails } from '@heddle/core';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** A decision of a `route` node, as it was recorded with all that it was made from. */
export interface RecordedRoute {
  readonly runId: string;
  readonly path: string;
  readonly time: number;
  /** The details of the record: request, facts, policy and what was chosen. */
  readonly details: unknown;
}

export interface RouteDecisions {
  readonly projection: JournalProjection;
  /** The newest decisions, newest first. */
  latest(query: { readonly limit: number; readonly workflow?: string | undefined }): readonly RecordedRoute[];
}

interface Row {
  readonly run: string;
  readonly path: string;
  readonly time: number;
  readonly details: string;
}

/** The newest route decisions in heddle.db, for what-if; the run's own record stays the truth. */
export function createRouteDecisions({ connection, file }: HeddleDatabase, keep = 10_000): RouteDecisions {
  const insert = connection.prepare(
    'INSERT INTO route_decisions (run, workflow, path, time, details) SELECT id, workflow_id, @path, @time, @details FROM runs WHERE id = @run',
  );
  const prune = connection.prepare<[number]>('DELETE FROM route_decisions WHERE number <= ?');
  const select = connection.prepare<{ readonly workflow: string | null; readonly limit: number }, Row>(
    'SELECT run, path, time, details FROM route_decisions WHERE @workflow IS NULL OR workflow = @workflow ORDER BY number DESC LIMIT @limit',
  );
  return {
    projection: {
      types: ['node-decision'],
      write(runId, records) {
        for (const record of records) {
          if (record.type !== 'node-decision' || record.kind !== 'route') continue;
          const { path, time, details = {} } = record;
          const { lastInsertRowid } = insert.run({ run: runId, path, time, details: JSON.stringify(details) });
          prune.run(Number(lastInsertRowid) - keep);
        }
      },
    },
    latest: ({ limit, workflow }) =>
      withStorageErrors(file, () =>
        select.all({ limit, workflow: workflow ?? null }).map(({ run, path, time, details }): RecordedRoute => {
          return { runId: run, path, time, details: renameRouteDetails(JSON.parse(details)) };
        }),
      ),
  };
}

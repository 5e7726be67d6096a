import type { CanaryFigures, LivePointer } from '@heddle/core';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

interface Row {
  readonly workflowId: string;
  readonly version: number;
  readonly runs: number;
  readonly failed: number;
  readonly ms: number;
}

/** A canary with what it is judged by so far. */
export interface CountedCanary {
  readonly workflowId: string;
  readonly version: number;
  readonly figures: CanaryFigures;
}

/**
 * How the runs of canaries went, in heddle.db.
 *
 * - A run is counted in the commit of its end, so that a kill at any moment counts it exactly once.
 * - The count begins at zero with another canary, in the commit that moves the live pointer.
 * - A resumed run is not counted: some of its results are those of another run.
 */
export function createCanaryStore(database: HeddleDatabase) {
  const { connection, file } = database;
  const counted = connection.prepare<[string], { readonly workflowId: string; readonly accepted: number }>(`
    SELECT canaries.workflow_id AS workflowId, runs.accepted_at AS accepted FROM runs
    JOIN canaries ON canaries.workflow_id = runs.workflow_id AND canaries.version = runs.version
    WHERE runs.id = +? AND runs.number > canaries.after_run AND runs.origin IS NULL AND runs.run_trigger <> 'replay'`);
  const any = connection.prepare<[], number>('SELECT 1 FROM canaries LIMIT 1').pluck();
  const count = connection.prepare<[number, number, string]>(
    'UPDATE canaries SET runs = runs + 1, failed = failed + ?, ms = ms + ? WHERE workflow_id = ?',
  );
  const columns = 'workflow_id AS workflowId, version, runs, failed, ms';
  const byId = connection.prepare<[string], Row>(`SELECT ${columns} FROM canaries WHERE workflow_id = ?`);
  const all = connection.prepare<[], Row>(`SELECT ${columns} FROM canaries ORDER BY workflow_id`);
  let onCounted = (_workflowId: string): void => undefined;

  const projection: JournalProjection = {
    types: ['run-end'],
    write(runId, records) {
      if (any.get() === undefined) return;
      for (const record of records) {
        const run = record.type === 'run-end' ? counted.get(runId) : undefined;
        if (record.type !== 'run-end' || run === undefined) continue;
        count.run(record.status === 'failed' ? 1 : 0, Math.max(0, record.time - run.accepted), run.workflowId);
        onCounted(run.workflowId);
      }
    },
  };

  return {
    projection,
    /** Called inside the commit that counts a run. */
    whenCounted: (callback: (workflowId: string) => void): void => void (onCounted = callback),
    /** Undefined where there is no canary. */
    get: (workflowId: string): CountedCanary | undefined =>
      withStorageErrors(file, () => {
        const row = byId.get(workflowId);
        return row === undefined ? undefined : fromRow(row);
      }),
    list: (): readonly CountedCanary[] => withStorageErrors(file, () => all.all().map(fromRow)),
  };
}
export type CanaryStore = ReturnType<typeof createCanaryStore>;

/** What moving a live pointer does to the count: plain SQL, for the transaction that moves it. */
export function canaryCounter({ connection }: HeddleDatabase): (workflowId: string, live?: LivePointer) => void {
  const stop = connection.prepare<[string]>('DELETE FROM canaries WHERE workflow_id = ?');
  const stopOther = connection.prepare<[string, number]>('DELETE FROM canaries WHERE workflow_id = ? AND version <> ?');
  const begin = connection.prepare<[string, number]>(`
    INSERT OR IGNORE INTO canaries (workflow_id, version, after_run)
    VALUES (?, ?, (SELECT coalesce(max(number), 0) FROM runs))`);
  return (workflowId, live) => {
    const version = live?.canary?.version;
    if (version === undefined) {
      stop.run(workflowId);
      return;
    }
    stopOther.run(workflowId, version);
    begin.run(workflowId, version);
  };
}

function fromRow({ workflowId, version, runs, failed, ms }: Row): CountedCanary {
  return { workflowId, version, figures: { runs, failed, meanMs: runs === 0 ? 0 : ms / runs } };
}

import { isPlainObject, RunCaller, type OwnedRun } from '@heddle/core';
import type { HeddleDatabase } from '../../database/open-database.js';
import { withStorageErrors } from '../../database/storage-error.js';
import { withoutValues } from './without-values.js';

/** What is kept for a time of its own. */
export type RetentionClass = 'streams' | 'values' | 'runs' | 'jobs';

/** Epoch milliseconds for each class: what ended before goes. A class that is left out is kept. */
export interface RetentionLimits {
  readonly values?: number;
  readonly runs?: number;
  readonly jobs?: number;
  /** The number of the newest run that may go, whatever times are written in it. Left out: any. */
  readonly newest?: number;
}

/** What one step removed: rows of streamed text, runs without their values, runs, jobs. */
export interface RetentionStep {
  readonly removed: Readonly<Partial<Record<RetentionClass, number>>>;
  /** The runs that were removed, so that those who may see them can be told. */
  readonly runs?: readonly OwnedRun[];
  /** Nothing was found that is left to remove. */
  readonly isDone: boolean;
}

/**
 * Removes what has been kept long enough.
 *
 * R1 A run that has not ended, and one whose results a run that has not ended may still read, is never touched. R2 A step is one
 * small transaction. R3 A run goes in one commit that writes down what is left to do (`removals`), so that a kill in the middle
 * leaves nothing that is shown half, and the next step goes on. R4 The newest run stays, so that no run number is given twice while
 * something of it is left. R5 A run that somebody deletes goes wholly in one commit, the newest too.
 */
export interface Retention {
  /** Errors: `storage_*`. */
  step(limits: RetentionLimits, now: number): RetentionStep;
  /** Removes one run now; one that has not ended, or whose results such a one may still read, stays (R1). Errors: `storage_*`. */
  remove(runId: string): RemovedRun;
}

/** What became of a run that was to be removed: `needed` by a run that goes on from it and has not ended. */
export type RemovedRun = 'removed' | 'unknown' | 'unfinished' | 'needed';

interface DueRow {
  readonly number: number;
  readonly bundle: string;
  readonly id: string;
  readonly workflow_id: string | null;
  readonly caller: string | null;
}

/** Rows that one step touches at most. */
const records = 200;
const values = 40;
const runs = 20;

const ended = "status IN ('done', 'failed', 'cancelled')";
/** Runs whose results, or whose record of what they began, a run that has not ended may still read: those that it goes on from, however far back. By their
 * status: those that have not ended are few, those that go on from another may be many. */
const needed = `WITH RECURSIVE needed (id) AS (
  SELECT origin FROM runs WHERE status IN ('queued', 'running', 'parked', 'held') AND +origin IS NOT NULL
  UNION SELECT runs.origin FROM needed JOIN runs ON runs.id = needed.id WHERE runs.origin IS NOT NULL)`;

/** @example const retention = createRetention(database); while (!retention.step({ runs: cutoff }, now).isDone) await nextTurn(); */
export function createRetention(database: HeddleDatabase): Retention {
  const { connection, file } = database;
  const begun = connection.prepare<[], { run: number; what: string; after: number }>(
    'SELECT run, what, after FROM removals ORDER BY run LIMIT 1',
  );
  const note = connection.prepare<[run: number, what: string]>(
    'INSERT INTO removals (run, what) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET what = excluded.what, after = 0',
  );
  const noteAfter = connection.prepare<[after: number, run: number]>('UPDATE removals SET after = ? WHERE run = ?');
  const forget = connection.prepare<[run: number]>('DELETE FROM removals WHERE run = ?');
  const due = (condition: string) =>
    connection.prepare<[before: number, before: number, newest: number, limit: number], DueRow>(`
      ${needed} SELECT number, bundle, id, workflow_id, caller FROM runs WHERE accepted_at < ? AND ended_at < ? AND ${ended} AND ${condition}
        AND number <= ? AND number < (SELECT max(number) FROM runs)
        AND id NOT IN (SELECT id FROM needed)
      ORDER BY accepted_at LIMIT ?`);
  const dueRuns = due('TRUE');
  const dueValues = due('values_removed_at IS NULL');
  const deleteRun = connection.prepare<[number]>('DELETE FROM runs WHERE number = ?');
  const deleteBundle = connection.prepare<[string, string]>(
    'DELETE FROM bundles WHERE hash = ? AND NOT EXISTS (SELECT 1 FROM runs WHERE bundle = ?)',
  );
  const deleteAsks = connection.prepare<[number]>('DELETE FROM asks WHERE run = ?');
  const deleteRecords = connection.prepare<[run: number, limit: number]>(
    'DELETE FROM records WHERE number IN (SELECT number FROM records WHERE run = ? LIMIT ?)',
  );
  const deleteDeltas = connection.prepare<[run: number, limit: number]>(
    'DELETE FROM deltas WHERE number IN (SELECT number FROM deltas WHERE run = ? LIMIT ?)',
  );
  const deleteLeftDeltas = connection.prepare<[limit: number]>(
    `DELETE FROM deltas WHERE number IN (SELECT deltas.number FROM deltas LEFT JOIN runs ON runs.number = deltas.run
       WHERE runs.number IS NULL OR ${ended} LIMIT ?)`,
  );
  const deleteJobs = connection.prepare<[before: number, limit: number]>(
    "DELETE FROM jobs WHERE number IN (SELECT number FROM jobs WHERE ended_at < ? AND status NOT IN ('queued', 'running') LIMIT ?)",
  );
  const named = connection.prepare<[string], { number: number; bundle: string; isEnded: number; isNeeded: number }>(`
    ${needed} SELECT number, bundle, ${ended} AS isEnded, id IN (SELECT id FROM needed) AS isNeeded FROM runs WHERE id = ?`);
  const deleteAllRecords = connection.prepare<[number]>('DELETE FROM records WHERE run = ?');
  const deleteAllDeltas = connection.prepare<[number]>('DELETE FROM deltas WHERE run = ?');
  const acceptance = connection.prepare<[number], string>('SELECT acceptance FROM runs WHERE number = ?').pluck();
  const stripRun = connection.prepare<[acceptance: string, now: number, run: number]>(
    'UPDATE runs SET acceptance = ?, blobs = NULL, checksum = NULL, values_removed_at = ? WHERE number = ?',
  );
  const page = connection.prepare<[run: number, after: number, limit: number], { seq: number; body: string }>(
    'SELECT seq, body FROM records WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  const stripRecord = connection.prepare<[body: string, run: number, seq: number]>(
    'UPDATE records SET body = ?, blobs = NULL, checksum = NULL WHERE run = ? AND seq = ?',
  );

  /** Goes on with a removal that was begun; gives whether there was one. */
  function goOn(): boolean {
    const left = begun.get();
    if (left === undefined) return false;
    if (left.what === 'run') {
      if (deleteRecords.run(left.run, records).changes > 0) return true;
      if (deleteDeltas.run(left.run, records).changes > 0) return true;
      deleteAsks.run(left.run);
      forget.run(left.run);
      return true;
    }
    const rows = page.all(left.run, left.after, values);
    for (const { seq, body } of rows) stripRecord.run(strip(body), left.run, seq);
    const last = rows[rows.length - 1];
    if (last === undefined) forget.run(left.run);
    else noteAfter.run(last.seq, left.run);
    return true;
  }

  function removeRuns(before: number, newest: number): readonly OwnedRun[] {
    const found = dueRuns.all(before, before, newest, runs);
    for (const { number, bundle } of found) {
      note.run(number, 'run');
      deleteRun.run(number);
      deleteBundle.run(bundle, bundle);
    }
    return found.map(ownedRun);
  }

  function removeValues(before: number, newest: number, now: number): number {
    const found = dueValues.all(before, before, newest, runs);
    for (const { number } of found) {
      note.run(number, 'values');
      stripRun.run(strip(acceptance.get(number) ?? '{}'), now, number);
    }
    return found.length;
  }

  function work(limits: RetentionLimits, now: number): RetentionStep {
    if (goOn()) return { removed: {}, isDone: false };
    const { newest = Number.MAX_SAFE_INTEGER } = limits;
    const gone = limits.runs === undefined ? [] : removeRuns(limits.runs, newest);
    if (gone.length > 0) return { removed: { runs: gone.length }, runs: gone, isDone: false };
    const counts: [RetentionClass, () => number][] = [
      ['values', () => (limits.values === undefined ? 0 : removeValues(limits.values, newest, now))],
      ['jobs', () => (limits.jobs === undefined ? 0 : deleteJobs.run(limits.jobs, records).changes)],
      ['streams', () => deleteLeftDeltas.run(records).changes],
    ];
    for (const [name, remove] of counts) {
      const count = remove();
      if (count > 0) return { removed: { [name]: count }, isDone: false };
    }
    return { removed: {}, isDone: true };
  }

  function removeOne(runId: string): RemovedRun {
    const found = named.get(runId);
    if (found === undefined) return 'unknown';
    if (found.isEnded === 0) return 'unfinished';
    if (found.isNeeded === 1) return 'needed';
    for (const part of [deleteAllRecords, deleteAllDeltas, deleteAsks, forget, deleteRun]) part.run(found.number);
    deleteBundle.run(found.bundle, found.bundle);
    return 'removed';
  }

  return {
    remove: (runId) => withStorageErrors(file, () => connection.transaction(removeOne).immediate(runId)),
    step: (limits, now) => withStorageErrors(file, () => connection.transaction(work).immediate(limits, now)),
  };
}

function ownedRun({ id, workflow_id: workflowId, caller }: DueRow): OwnedRun {
  return {
    runId: id,
    ...(workflowId === null ? {} : { workflowId }),
    ...(caller === null ? {} : { caller: RunCaller.parse(JSON.parse(caller)) }),
  };
}

function strip(text: string): string {
  const stored: unknown = JSON.parse(text);
  return isPlainObject(stored) ? JSON.stringify(withoutValues(stored)) : text;
}

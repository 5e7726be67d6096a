import { isPlainObject, type OwnedRun } from '@heddle/core';
import type Database from 'better-sqlite3';
import { z } from 'zod';
import type { HeddleDatabase } from '../../database/open-database.js';
import { overwriting } from '../../database/overwriting.js';
import { withStorageErrors } from '../../database/storage-error.js';
import { ended, neededRuns } from './removable-run.js';
import { withoutValues } from './without-values.js';
import { parseCaller } from '../../journal/parse-caller.js';

/** What is kept for a time that has a setting. */
export type RetentionClass = 'streams' | 'values' | 'runs' | 'jobs';

/** Epoch milliseconds for each class: what ended before is removed. A class that is left out is kept. */
export interface RetentionLimits {
  readonly values?: number;
  readonly runs?: number;
  readonly jobs?: number;
  /** The number of the newest run that may be removed, independently of times. Default: any. */
  readonly newest?: number;
}

/** What one step removed: rows of streamed text, runs without their values, runs, jobs. */
export interface RetentionStep {
  readonly removed: Readonly<Partial<Record<RetentionClass, number>>>;
  /** The runs that were removed, so that clients that show them can be notified. */
  readonly runs?: readonly OwnedRun[];
  /** Nothing is left to remove. */
  readonly isDone: boolean;
}

/** What became of a run that was to be removed. `needed`: a run that was resumed from it has not ended. */
export type RemovedRun = 'removed' | 'unknown' | 'unfinished' | 'needed';

/** The column `blobs`: where a large value stood, and its file. */
const StoredBlobs = z.array(z.tuple([z.array(z.string()), z.string()]));

/** Rows that one step touches at most. */
const records = 200;
const values = 40;
const runs = 20;

/**
 * Removes what has been kept long enough from heddle.db, in synchronous transactions (see decision 0142).
 *
 * - A run that has not ended is never touched, nor a run whose results such a run may still read.
 * - A step is one small transaction.
 * - A run goes in one commit that writes down what is left to do (`removals`). So a kill leaves nothing that is shown half, and the next
 *   step goes on.
 * - The newest run stays, so that no run number is given twice while something of it is left.
 * - A run that a person deletes goes in one commit, the newest too.
 *
 * @example const retention = createRetention(database); while (!retention.step({ runs: cutoff }, now).isDone) await yieldToEventLoop();
 */
export class Retention {
  private readonly database: HeddleDatabase;
  private readonly statements: ReturnType<typeof prepareRetention>;
  private readonly deletes: ReturnType<typeof prepareDeletes>;

  constructor(database: HeddleDatabase) {
    this.database = database;
    this.statements = prepareRetention(database.connection);
    this.deletes = prepareDeletes(database.connection);
  }

  /** Removes a part of what is due. `now` is in epoch milliseconds. Errors: `storage_*`. */
  step(limits: RetentionLimits, now: number): RetentionStep {
    return this.commit(() => this.removeNext(limits, now));
  }

  /** Removes one run now, if it has ended and no run needs it. Errors: `storage_*`. */
  remove(runId: string): RemovedRun {
    return this.commit(() => this.removeNamed(runId));
  }

  /** Takes what its caller asked for away from a run. Its inputs and results stay. Errors: `storage_*`. */
  forgetAsked(runId: string): void {
    const { connection } = this.database;
    overwriting(connection, () =>
      this.commit(() => {
        const { asked, forgetAsked } = this.statements;
        const found = asked.get(runId);
        if (found === undefined) return;
        const { asked: _asked, ...kept } = z.record(z.string(), z.unknown()).parse(JSON.parse(found.acceptance));
        const blobs = StoredBlobs.parse(JSON.parse(found.blobs ?? '[]')).filter(([[field]]) => field !== 'asked');
        forgetAsked.run(JSON.stringify(kept), blobs.length === 0 ? null : JSON.stringify(blobs), runId);
      }),
    );
  }

  private commit<T>(work: () => T): T {
    const { connection, file } = this.database;
    return withStorageErrors(file, () => connection.transaction(work).immediate());
  }

  private removeNext(limits: RetentionLimits, now: number): RetentionStep {
    if (this.goOn()) return { removed: {}, isDone: false };
    const { newest = Number.MAX_SAFE_INTEGER } = limits;
    const gone = limits.runs === undefined ? [] : this.removeRuns(limits.runs, newest);
    if (gone.length > 0) return { removed: { runs: gone.length }, runs: gone, isDone: false };
    const counts: [RetentionClass, () => number][] = [
      ['values', () => (limits.values === undefined ? 0 : this.removeValues(limits.values, newest, now))],
      ['jobs', () => (limits.jobs === undefined ? 0 : this.deletes.deleteJobs.run(limits.jobs, records).changes)],
      ['streams', () => this.deletes.deleteLeftDeltas.run(records).changes],
    ];
    for (const [name, remove] of counts) {
      const count = remove();
      if (count > 0) return { removed: { [name]: count }, isDone: false };
    }
    return { removed: {}, isDone: true };
  }

  /** Goes on with a removal that was begun. Returns whether there was one. */
  private goOn(): boolean {
    const { begun, forget } = this.statements;
    const left = begun.get();
    if (left === undefined) return false;
    if (left.what !== 'run') {
      this.stripRecords(left.run, left.after);
      return true;
    }
    const { deleteRecords, deleteDeltas, deleteRequests } = this.deletes;
    if (deleteRecords.run(left.run, records).changes > 0) return true;
    if (deleteDeltas.run(left.run, records).changes > 0) return true;
    deleteRequests.run(left.run);
    forget.run(left.run);
    return true;
  }

  private stripRecords(run: number, after: number): void {
    const { page, stripRecord, forget, noteAfter } = this.statements;
    const rows = page.all(run, after, values);
    for (const { seq, body } of rows) stripRecord.run(strip(body), run, seq);
    const last = rows[rows.length - 1];
    if (last === undefined) forget.run(run);
    else noteAfter.run(last.seq, run);
  }

  private removeRuns(before: number, newest: number): readonly OwnedRun[] {
    const { deleteRun, deleteBundle } = this.deletes;
    const found = this.statements.dueRuns.all(before, before, newest, runs);
    for (const { number, bundle } of found) {
      this.statements.note.run(number, 'run');
      deleteRun.run(number);
      deleteBundle.run(bundle, bundle);
    }
    return found.map(ownedRun);
  }

  private removeValues(before: number, newest: number, now: number): number {
    const { dueValues, note, acceptance, stripRun } = this.statements;
    const found = dueValues.all(before, before, newest, runs);
    for (const { number } of found) {
      note.run(number, 'values');
      stripRun.run(strip(acceptance.get(number) ?? '{}'), now, number);
    }
    return found.length;
  }

  private removeNamed(runId: string): RemovedRun {
    const { named, forget } = this.statements;
    const { deleteAllRecords, deleteAllDeltas, deleteRequests, deleteRun, deleteBundle } = this.deletes;
    const found = named.get(runId);
    const reason = reasonOf(found);
    if (found === undefined || reason !== undefined) return reason ?? 'unknown';
    for (const part of [deleteAllRecords, deleteAllDeltas, deleteRequests, forget, deleteRun]) part.run(found.number);
    deleteBundle.run(found.bundle, found.bundle);
    return 'removed';
  }
}

function reasonOf(
  run: { readonly isEnded: number; readonly isNeeded: number } | undefined,
): Exclude<RemovedRun, 'removed'> | undefined {
  if (run === undefined) return 'unknown';
  if (run.isEnded === 0) return 'unfinished';
  return run.isNeeded === 1 ? 'needed' : undefined;
}

/** Makes the retention of a database. */
export const createRetention = (database: HeddleDatabase): Retention => new Retention(database);

function ownedRun({ id, workflow_id: workflowId, caller }: DueRow): OwnedRun {
  return {
    runId: id,
    workflowId: workflowId ?? undefined,
    caller: caller === null ? undefined : parseCaller(caller),
  };
}

function strip(text: string): string {
  const stored: unknown = JSON.parse(text);
  return isPlainObject(stored) ? JSON.stringify(withoutValues(stored)) : text;
}

/** A run that may lose its values, or go. */
interface DueRow {
  readonly number: number;
  readonly bundle: string;
  readonly id: string;
  readonly workflow_id: string | null;
  readonly caller: string | null;
}

/** The statements that find what is due, and that note how far a removal came. */
function prepareRetention(connection: Database.Database) {
  const due = (condition: string) =>
    connection.prepare<[before: number, before: number, newest: number, limit: number], DueRow>(`
      ${neededRuns} SELECT number, bundle, id, workflow_id, caller FROM runs WHERE accepted_at < ? AND ended_at < ? AND ${ended} AND ${condition}
        AND number <= ? AND number < (SELECT max(number) FROM runs)
        AND id NOT IN (SELECT id FROM needed)
      ORDER BY accepted_at LIMIT ?`);
  return {
    dueRuns: due('TRUE'),
    dueValues: due('values_removed_at IS NULL'),
    begun: connection.prepare<[], { run: number; what: string; after: number }>(
      'SELECT run, what, after FROM removals ORDER BY run LIMIT 1',
    ),
    note: connection.prepare<[run: number, what: string]>(
      'INSERT INTO removals (run, what) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET what = excluded.what, after = 0',
    ),
    noteAfter: connection.prepare<[after: number, run: number]>('UPDATE removals SET after = ? WHERE run = ?'),
    forget: connection.prepare<[run: number]>('DELETE FROM removals WHERE run = ?'),
    named: connection.prepare<[string], { number: number; bundle: string; isEnded: number; isNeeded: number }>(`
    ${neededRuns} SELECT number, bundle, ${ended} AS isEnded, id IN (SELECT id FROM needed) AS isNeeded FROM runs WHERE id = ?`),
    acceptance: connection.prepare<[number], string>('SELECT acceptance FROM runs WHERE number = ?').pluck(),
    asked: connection.prepare<[string], { readonly acceptance: string; readonly blobs: string | null }>(
      'SELECT acceptance, blobs FROM runs WHERE id = ?',
    ),
    forgetAsked: connection.prepare<[acceptance: string, blobs: string | null, runId: string]>(
      'UPDATE runs SET acceptance = ?, blobs = ?, checksum = NULL WHERE id = ?',
    ),
    stripRun: connection.prepare<[acceptance: string, now: number, run: number]>(
      'UPDATE runs SET acceptance = ?, blobs = NULL, checksum = NULL, values_removed_at = ? WHERE number = ?',
    ),
    page: connection.prepare<[run: number, after: number, limit: number], { seq: number; body: string }>(
      'SELECT seq, body FROM records WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?',
    ),
    stripRecord: connection.prepare<[body: string, run: number, seq: number]>(
      'UPDATE records SET body = ?, blobs = NULL, checksum = NULL WHERE run = ? AND seq = ?',
    ),
  };
}

/** The statements that delete rows. */
function prepareDeletes(connection: Database.Database) {
  return {
    deleteRun: connection.prepare<[number]>('DELETE FROM runs WHERE number = ?'),
    deleteBundle: connection.prepare<[string, string]>(
      'DELETE FROM bundles WHERE hash = ? AND NOT EXISTS (SELECT 1 FROM runs WHERE bundle = ?)',
    ),
    deleteRequests: connection.prepare<[number]>('DELETE FROM human_inputs WHERE run = ?'),
    deleteRecords: connection.prepare<[run: number, limit: number]>(
      'DELETE FROM records WHERE number IN (SELECT number FROM records WHERE run = ? LIMIT ?)',
    ),
    deleteDeltas: connection.prepare<[run: number, limit: number]>(
      'DELETE FROM deltas WHERE number IN (SELECT number FROM deltas WHERE run = ? LIMIT ?)',
    ),
    deleteLeftDeltas: connection.prepare<[limit: number]>(
      `DELETE FROM deltas WHERE number IN (SELECT deltas.number FROM deltas LEFT JOIN runs ON runs.number = deltas.run
       WHERE runs.number IS NULL OR ${ended} LIMIT ?)`,
    ),
    deleteJobs: connection.prepare<[before: number, limit: number]>(
      "DELETE FROM jobs WHERE number IN (SELECT number FROM jobs WHERE ended_at < ? AND status NOT IN ('queued', 'running') LIMIT ?)",
    ),
    deleteAllRecords: connection.prepare<[number]>('DELETE FROM records WHERE run = ?'),
    deleteAllDeltas: connection.prepare<[number]>('DELETE FROM deltas WHERE run = ?'),
  };
}

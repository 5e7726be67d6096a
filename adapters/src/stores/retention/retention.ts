import { isPlainObject, runNotFound, type GuardedWrite, type OwnedRun, type Tables } from '@heddle/core';
import { z } from 'zod';
import { parseCaller } from '../../journal/parse-caller.js';
import { retryOnConflict } from '../../sql/retry-on-conflict.js';
import { removableRuns, type StayingRun } from './removable-run.js';
import { deletesOf, dueSql, markForRemoval, restOf, sqlOf, type Removal } from './retention-sql.js';
import { withoutValues } from './without-values.js';

/** The classes of data with a retention time. */
export type RetentionClass = 'streams' | 'values' | 'runs' | 'jobs';

/** In epoch milliseconds for each class: data that ended before this time is removed. A class without a value is kept. */
export interface RetentionLimits {
  readonly values?: number;
  readonly runs?: number;
  readonly jobs?: number;
  /** The number of the newest run that may be removed, whatever the times. Default: no limit. */
  readonly newest?: number;
}

/** How many rows of each class one step removed. */
export interface RetentionStep {
  readonly removed: Readonly<Partial<Record<RetentionClass, number>>>;
  /** The removed runs, so that clients that show them can be notified. */
  readonly runs?: readonly OwnedRun[];
  /** Whether nothing is left to remove. */
  readonly isDone: boolean;
}

/** `isFile` stands for heddle.db: its records have checksums, and the number of the newest run is reused if that run is removed. */
interface RetentionOptions {
  readonly isFile: boolean;
}

/**
 * Commits a removal, for example together with its audit event and other erasures. It may be called again if something has changed in the
 * meantime.
 */
export type CommitRemoval = (writes: readonly GuardedWrite[]) => Promise<void>;

/** The column `blobs`: pairs of a large value's path and its file. */
const StoredBlobs = z.array(z.tuple([z.array(z.string()), z.string()]));

/** The most rows that one step touches: few in heddle.db, because its process waits for them, and more on a server. */
const ofFile = { records: 200, values: 40, runs: 20 } as const;
const ofServer = { records: 1_000, values: 200, runs: 100 } as const;
/** The most records that the commit of a removal deletes on a server, which limits statements to a few seconds. */
const recordsOfCommit = 5_000;

/**
 * Removes data at the end of its retention time, in steps of a few rows, and runs that people delete (see decision 0157).
 *
 * - An unfinished run is never touched, nor a run whose results it may still read. Each commit checks this again.
 * - A run is removed in one commit, which also records what is left to do (`removals`). So a crash leaves nothing half visible, and the
 *   next step continues.
 * - A step never removes the newest run, so that no run number is reused while rows of it are left.
 * - A run that a person deletes is removed in one commit, even if it is the newest. On a server, the rest of a long run is removed right
 *   afterwards.
 *
 * @example const retention = createRetention(tables, { isFile: true }); while (!(await retention.step({ runs: cutoff }, now)).isDone);
 */
export class Retention {
  private readonly tables: Tables;
  private readonly isFile: boolean;
  private readonly sql: ReturnType<typeof sqlOf>;
  private readonly most: Readonly<Record<keyof typeof ofFile, number>>;

  constructor(tables: Tables, { isFile }: RetentionOptions) {
    this.tables = tables;
    this.isFile = isFile;
    this.sql = sqlOf(isFile);
    this.most = isFile ? ofFile : ofServer;
  }

  /** Removes a part of the data that is due. `now` is in epoch milliseconds. Errors: `storage_*`, `database_*`. */
  step(limits: RetentionLimits, now: number): Promise<RetentionStep> {
    return retryOnConflict(() => this.removeNext(limits, now));
  }

  /**
   * Removes runs now. They must have ended, and no unfinished run may need them.
   *
   * Errors: `run_not_found`, those of `stays`, `storage_*`, `database_*`.
   */
  async remove(
    runIds: readonly string[],
    stays: StayingRun,
    commit: CommitRemoval = (writes) => this.tables.commit(writes),
  ): Promise<void> {
    let left: readonly number[] = [];
    await retryOnConflict(async () => {
      const ids = JSON.stringify(runIds);
      const found = await this.tables.all<NamedRow>(namedSql, { ids });
      const known = new Set(found.map(({ id }) => id));
      for (const id of runIds) if (!known.has(id)) throw runNotFound(id);
      const runs = found.map(({ number }) => number);
      const isWhole = this.isFile || (await this.countRecords(runs)) <= recordsOfCommit;
      left = isWhole ? [] : runs;
      await commit([
        ...removableRuns(runIds, stays),
        ...(isWhole ? restOf(runs) : markForRemoval(runs)),
        ...deletesOf(
          runs,
          found.map(({ bundle }) => bundle),
        ),
      ]);
    });
    while (left.length > 0 && (await this.removeRest(left)) === 'more');
  }

  /** Filters the runs that have ended and that no unfinished run needs now. Errors: `storage_*`, `database_*`. */
  async removable(runIds: readonly string[]): Promise<readonly string[]> {
    const rows = await this.tables.all<{ readonly id: string }>(this.sql.removable, { ids: JSON.stringify(runIds) });
    return rows.map(({ id }) => id);
  }

  /** Removes what the caller asked (`asked`) from a run. Its inputs and results stay. Errors: `storage_*`, `database_*`. */
  forgetAsked(runId: string, commit: CommitRemoval = (writes) => this.tables.commit(writes)): Promise<void> {
    return retryOnConflict(async () => {
      const found = await this.tables.get<AskedRow>('SELECT acceptance, blobs FROM runs WHERE id = @runId', { runId });
      if (found === undefined) return commit([]);
      const { asked: _asked, ...kept } = z.record(z.string(), z.unknown()).parse(JSON.parse(found.acceptance));
      const blobs = StoredBlobs.parse(JSON.parse(found.blobs ?? '[]')).filter(([[field]]) => field !== 'asked');
      await commit([
        {
          sql: this.sql.forgetAsked,
          values: {
            runId,
            before: found.acceptance,
            acceptance: JSON.stringify(kept),
            blobs: blobs.length === 0 ? null : JSON.stringify(blobs),
          },
          rows: 1,
          overwrites: true,
        },
      ]);
    });
  }

  private async removeNext(limits: RetentionLimits, now: number): Promise<RetentionStep> {
    if (await this.goOn()) return { removed: {}, isDone: false };
    const { newest = Number.MAX_SAFE_INTEGER } = limits;
    const gone = limits.runs === undefined ? [] : await this.removeRuns(limits.runs, newest);
    if (gone.length > 0) return { removed: { runs: gone.length }, runs: gone, isDone: false };
    const counts: [RetentionClass, () => Promise<number> | number][] = [
      ['values', () => (limits.values === undefined ? 0 : this.removeValues(limits.values, newest, now))],
      ['jobs', () => (limits.jobs === undefined ? 0 : this.removeJobs(limits.jobs))],
      ['streams', () => this.removeStreams()],
    ];
    for (const [name, remove] of counts) {
      const count = await remove();
      if (count > 0) return { removed: { [name]: count }, isDone: false };
    }
    return { removed: {}, isDone: true };
  }

  /** Continues unfinished removals. Returns whether there were any. */
  private async goOn(): Promise<boolean> {
    const left = await this.tables.all<Removal>(this.sql.begun, { limit: this.most.runs });
    const gone = left.filter(({ what }) => what === 'run').map(({ run }) => run);
    if (gone.length > 0) await this.removeRest(gone);
    else if (left.length > 0) await this.stripRecords(left);
    return left.length > 0;
  }

  /** Removes a part of the remaining rows of removed runs. */
  private async removeRest(runs: readonly number[]): Promise<'more' | 'done'> {
    const values = { runs: JSON.stringify(runs), limit: this.most.records };
    const records = await this.tables.all<{ readonly run: number; readonly seq: number }>(this.sql.records, values);
    const isLast = records.length < this.most.records;
    const deltas = isLast ? await this.tables.all<{ readonly number: number }>(this.sql.deltas, values) : [];
    const isDone = isLast && deltas.length < this.most.records;
    const last = records.at(-1);
    await this.tables.note(
      isDone
        ? restOf(runs)
        : [
            ...(last === undefined ? [] : [{ sql: this.sql.deleteRecords, values: { runs: values.runs, ...last } }]),
            ...(deltas.length === 0 ? [] : [deleteNumbers('deltas', deltas)]),
          ],
    );
    return isDone ? 'done' : 'more';
  }

  /** Removes the values from a few records of runs that lose them. */
  private async stripRecords(left: readonly Removal[]): Promise<void> {
    const runs = JSON.stringify(left.map(({ run }) => run));
    const rows = await this.tables.all<RecordRow>(this.sql.page, { runs, limit: this.most.values });
    const last = rows.length < this.most.values ? undefined : rows.at(-1);
    const finished = left.filter(({ run }) => last === undefined || run < last.run);
    const partial = left.find(({ run }) => run === last?.run);
    await this.tables.note([
      ...rows.map(({ run, seq, body }) => ({ sql: this.sql.stripRecord, values: { run, seq, body: strip(body) } })),
      // The condition on `after` covers another process that has progressed further or has removed the run.
      ...finished.map(({ run, after }) => ({ sql: this.sql.forgetValues, values: { run, after } })),
      ...(partial === undefined || last === undefined
        ? []
        : [{ sql: this.sql.noteAfter, values: { run: partial.run, after: partial.after, seq: last.seq } }]),
    ]);
  }

  private async removeRuns(before: number, newest: number): Promise<readonly OwnedRun[]> {
    const found = await this.tables.all<DueRow>(dueSql('TRUE'), { before, newest, limit: this.most.runs });
    const runs = found.map(({ number }) => number);
    if (found.length === 0) return [];
    const ids = found.map(({ id }) => id);
    await this.tables.note([
      ...removableRuns(ids),
      ...markForRemoval(runs),
      ...deletesOf(
        runs,
        found.map(({ bundle }) => bundle),
      ),
    ]);
    return found.map(ownedRun);
  }

  private async removeValues(before: number, newest: number, now: number): Promise<number> {
    const found = await this.tables.all<DueRow>(dueSql('values_removed_at IS NULL'), {
      before,
      newest,
      limit: this.most.runs,
    });
    if (found.length === 0) return 0;
    await this.tables.note([
      ...removableRuns(found.map(({ id }) => id)),
      ...markForRemoval(
        found.map(({ number }) => number),
        'values',
      ),
      ...found.map(({ number, acceptance }) => ({
        sql: this.sql.stripRun,
        values: { number, now, acceptance: strip(acceptance) },
      })),
    ]);
    return found.length;
  }

  private async removeJobs(before: number): Promise<number> {
    const found = await this.tables.all<{ readonly number: number }>(this.sql.jobs, {
      before,
      limit: this.most.records,
    });
    if (found.length > 0) await this.tables.note([deleteNumbers('jobs', found)]);
    return found.length;
  }

  private async removeStreams(): Promise<number> {
    const found = await this.tables.all<{ readonly number: number }>(this.sql.leftDeltas, { limit: this.most.records });
    if (found.length > 0) await this.tables.note([deleteNumbers('deltas', found)]);
    return found.length;
  }

  private async countRecords(runs: readonly number[]): Promise<number> {
    const values = { runs: JSON.stringify(runs), limit: recordsOfCommit + 1 };
    return (await this.tables.get<{ readonly count: number }>(this.sql.countRecords, values))?.count ?? 0;
  }
}

/** Creates the retention for a database. */
export const createRetention = (tables: Tables, options: RetentionOptions): Retention => new Retention(tables, options);

const namedSql = 'SELECT number, bundle, id FROM runs WHERE id IN (EACH @ids)';

const deleteNumbers = (table: 'deltas' | 'jobs', rows: readonly { readonly number: number }[]): GuardedWrite => ({
  sql: `DELETE FROM ${table} WHERE number IN (EACH NUMBER @numbers)`,
  values: { numbers: JSON.stringify(rows.map(({ number }) => number)) },
});

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

interface NamedRow {
  readonly number: number;
  readonly bundle: string;
  readonly id: string;
}

interface DueRow extends NamedRow {
  readonly workflow_id: string | null;
  readonly caller: string | null;
  readonly acceptance: string;
}

interface AskedRow {
  readonly acceptance: string;
  readonly blobs: string | null;
}

interface RecordRow {
  readonly run: number;
  readonly seq: number;
  readonly body: string;
}

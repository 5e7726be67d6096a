import {
  type GuardedWrite,
  currentRuns,
  HeddleError,
  referenceRuns,
  type Clock,
  type DriftSample,
  type MonitorStore,
  type MonitorWrites,
  type RunScoreStore,
  type Tables,
} from '@heddle/core';
import { isDone } from '../sql/is-done.js';
import { prepareAndCommit } from '../stores/prepare-and-commit.js';
import { countsOf, type CountRow } from './monitor-counts.js';
import { finished, monitorLock, skipped } from './monitor-ends.js';
import { takeRuns } from './monitor-queue.js';
import { freshDrift, monitorColumns, monitorOf, sampleOf, type MonitorRow, type SampleRow } from './monitor-rows.js';

interface WaitingRow {
  readonly number: number;
  readonly monitor: string;
  readonly runId: string;
  readonly version: number | null;
}

const missingMonitor = (id: string): HeddleError =>
  new HeddleError('monitor_not_found', `There is no monitor '${id}': GET /api/monitors lists them.`);

/** Stores monitors in any database. @example const monitors = createMonitorStore(sqliteTables(database), { clock, scores }); */
export function createMonitorStore(
  tables: Tables,
  { clock, scores }: { readonly clock: Pick<Clock, 'now'>; readonly scores: Pick<RunScoreStore, 'write'> },
): MonitorStore {
  const find = (id: string): Promise<MonitorRow | undefined> =>
    tables.get<MonitorRow>(`SELECT ${monitorColumns} FROM monitors WHERE id = @id`, { id });
  const row = async (id: string): Promise<MonitorRow> => {
    const found = await find(id);
    if (found === undefined) throw missingMonitor(id);
    return found;
  };
  return {
    write: writesOf(clock),
    async list() {
      const sql = `SELECT ${monitorColumns} FROM monitors ORDER BY created_at DESC, id`;
      return (await tables.all<MonitorRow>(sql)).map(monitorOf);
    },
    get: async (id) => monitorOf(await row(id)),
    ...queueOf(tables, find, scores),
    ...samplesOf(tables, row),
    async changeDrift(id, change) {
      await prepareAndCommit(
        () => row(id),
        (before) => {
          const drift = JSON.stringify(change(monitorOf(before).drift));
          const sql = 'UPDATE monitors SET drift = @drift WHERE id = @id AND drift = @before';
          return tables.note([{ sql, values: { id, drift, before: before.drift }, rows: 1 }]);
        },
      );
    },
  };
}

function writesOf(clock: Pick<Clock, 'now'>): MonitorWrites {
  const ofMonitor = (id: string) => ({ rows: 1, otherwise: () => missingMonitor(id) });
  return {
    save: ({ id, project, owner, setup, metrics }) => [
      {
        sql: `INSERT INTO monitors (id, project, workflow, owner, setup, metrics, drift, created_at)
          VALUES (@id, @project, @workflow, @owner, @setup, @metrics, @drift, @now)
          ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, setup = excluded.setup, metrics = excluded.metrics, last_error = NULL`,
        values: {
          id,
          project,
          owner,
          workflow: setup.workflow,
          setup: JSON.stringify(setup),
          metrics: JSON.stringify(metrics),
          drift: JSON.stringify(freshDrift),
          now: clock.now(),
        },
      },
    ],
    setPaused: (id, isPaused, reason) => [
      {
        sql: 'UPDATE monitors SET is_paused = @isPaused, reason = @reason WHERE id = @id',
        values: { id, isPaused: isPaused ? 1 : 0, reason: reason ?? null },
        ...ofMonitor(id),
      },
    ],
    remove: (id) => [
      { sql: 'DELETE FROM monitors WHERE id = @id', values: { id }, ...ofMonitor(id), overwrites: true },
    ],
    renewReference: (id): readonly GuardedWrite[] => [
      { ...monitorLock(id), ...ofMonitor(id) },
      {
        sql: 'DELETE FROM monitor_samples WHERE monitor = @id AND is_reference = 1',
        values: { id },
        overwrites: true,
      },
      { sql: 'UPDATE monitor_samples SET is_reference = 1 WHERE monitor = @id', values: { id } },
      {
        sql: `UPDATE monitors SET drift = CASE WHEN (SELECT count(*) FROM monitor_samples WHERE monitor = @id AND is_reference = 1) >= @most
          THEN @full ELSE @fresh END WHERE id = @id`,
        values: {
          id,
          most: referenceRuns,
          fresh: JSON.stringify(freshDrift),
          full: JSON.stringify({ ...freshDrift, isReferenceFull: true }),
        },
      },
    ],
  };
}

function queueOf(
  tables: Tables,
  find: (id: string) => Promise<MonitorRow | undefined>,
  scores: Pick<RunScoreStore, 'write'>,
): Pick<MonitorStore, 'counts' | 'spent' | 'take' | 'next' | 'finish'> {
  return {
    async counts(id) {
      const sql = 'SELECT outcome, runs FROM monitor_counts WHERE monitor = @id';
      const waiting = 'SELECT count(*) AS runs FROM monitor_runs WHERE monitor = @id';
      const found = await tables.get<Pick<CountRow, 'runs'>>(waiting, { id });
      return countsOf(await tables.all<CountRow>(sql, { id }), found?.runs ?? 0);
    },
    async spent(id, day) {
      const sql = 'SELECT runs, cost FROM monitor_days WHERE monitor = @id AND day = @day';
      return (
        (await tables.get<{ readonly runs: number; readonly cost: number }>(sql, { id, day })) ?? { runs: 0, cost: 0 }
      );
    },
    async take(limit, day) {
      const { count } = await prepareAndCommit(
        () => takeRuns(tables, limit, day),
        ({ writes }) => tables.note(writes),
      );
      return count;
    },
    async next(id, day) {
      const spent = 'SELECT 1 FROM monitor_days WHERE monitor = @id AND day = @day AND is_spent = 1';
      if ((await tables.get(spent, { id, day })) !== undefined) {
        await isDone(tables.note(skipped(id)));
        return undefined;
      }
      const found = await tables.get<WaitingRow>(nextSql, { id });
      return found && { ...found, version: found.version ?? undefined };
    },
    async finish(run, end) {
      const done = await prepareAndCommit(
        async () => {
          const row = await find(run.monitor);
          const waits = 'SELECT 1 FROM monitor_runs WHERE number = @number';
          const isWaiting = (await tables.get(waits, { number: run.number })) !== undefined;
          return row !== undefined && isWaiting ? finished(run, end, row, scores.write) : [];
        },
        (writes) => tables.commit(writes),
      );
      return done.length > 0;
    },
  };
}

const nextSql = `SELECT monitor_runs.number, monitor, runs.id AS "runId", runs.version FROM monitor_runs
  JOIN runs ON runs.number = monitor_runs.run WHERE monitor = +@id ORDER BY monitor_runs.number LIMIT 1`;

/** The samples of runs that are compared for drift. */
function samplesOf(
  tables: Tables,
  row: (id: string) => Promise<MonitorRow>,
): Pick<MonitorStore, 'samples' | 'sampleCounts'> {
  const ofMonitor = 'FROM monitor_samples WHERE monitor = @id AND is_reference = @isReference AND number > @after';
  const newest = (id: string, isReference: number, after: number, limit: number): Promise<readonly SampleRow[]> =>
    tables.all<SampleRow>(`SELECT number, run, body, vector ${ofMonitor} ORDER BY number DESC LIMIT @limit`, {
      id,
      isReference,
      after,
      limit,
    });
  const count = async (id: string, isReference: number, after: number): Promise<number> => {
    const sql = `SELECT count(*) AS count ${ofMonitor}`;
    return (await tables.get<{ readonly count: number }>(sql, { id, isReference, after }))?.count ?? 0;
  };
  const afterSample = async (id: string): Promise<number> => monitorOf(await row(id)).drift.afterSample;
  return {
    async samples(id) {
      const after = await afterSample(id);
      const current = await newest(id, 0, after, currentRuns);
      const reference: readonly DriftSample[] = (await newest(id, 1, 0, referenceRuns)).map(sampleOf);
      return { reference, current: current.map(sampleOf).reverse(), last: current[0]?.number ?? after };
    },
    sampleCounts: async (id) => ({
      reference: await count(id, 1, 0),
      current: await count(id, 0, await afterSample(id)),
    }),
  };
}

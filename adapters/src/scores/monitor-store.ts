import {
  currentRuns,
  HeddleError,
  referenceRuns,
  type Clock,
  type JudgedEnd,
  type MonitorCounts,
  type MonitorStore,
  type RunScoreStore,
  type StoredMonitor,
} from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import { withStorageErrors } from '../database/storage-error.js';
import { createCounter, createMonitorQueue } from './monitor-queue.js';
import {
  freshDrift,
  monitorOf,
  sampleBody,
  sampleOf,
  vectorBytes,
  type MonitorRow,
  type SampleRow,
} from './monitor-rows.js';

interface WaitingRow {
  readonly number: number;
  readonly monitor: string;
  readonly runId: string;
  readonly version: number | null;
}

/** Runs that are skipped in one step. */
const mostSkipped = 1_000;

/** Monitors in heddle.db. @example const monitors = createMonitorStore(database, { clock, scores }); */
export function createMonitorStore(
  database: HeddleDatabase,
  { clock, scores }: { readonly clock: Pick<Clock, 'now'>; readonly scores: Pick<RunScoreStore, 'add'> },
): MonitorStore {
  const { connection, file } = database;
  const statements = prepareMonitors(connection);
  const queue = createMonitorQueue(connection);
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const change = <T>(work: () => T): T => commitPowerSafe(database, () => overwriting(connection, work));
  const transact = <T>(work: () => T): T => read(() => connection.transaction(work).immediate());
  const finish = createFinisher(connection, statements, scores);

  function get(id: string): StoredMonitor {
    const row = read(() => statements.get.get(id));
    if (row === undefined)
      throw new HeddleError('monitor_not_found', `There is no monitor '${id}': GET /api/monitors lists them.`);
    return monitorOf(row);
  }

  return {
    list: () => read(() => statements.list.all().map(monitorOf)),
    get,
    save: ({ id, project, owner, setup, metrics }) =>
      change(() =>
        statements.save.run({
          ...{ id, project, owner, workflow: setup.workflow, setup: JSON.stringify(setup) },
          ...{ metrics: JSON.stringify(metrics), drift: JSON.stringify(freshDrift), now: clock.now() },
        }),
      ),
    setPaused: (id, isPaused, reason) =>
      change(() => statements.pause.run({ id, isPaused: isPaused ? 1 : 0, reason: reason ?? null })),
    remove: (id) => change(() => statements.remove.run(id)),
    counts: (id) => read(() => countsOf(statements.counts.all(id), statements.waiting.get(id) ?? 0)),
    spent: (id, day) => read(() => statements.day.get(id, day)) ?? { runs: 0, cost: 0 },
    take: (limit, day) =>
      read(() => statements.anyQueued.get()) === undefined ? 0 : transact(() => queue(limit, day)),
    next: (id, day) => {
      if (read(() => statements.isSpent.get(id, day)) === undefined)
        return waitingOf(read(() => statements.next.get(id)));
      transact(() => finish.skip(id));
      return undefined;
    },
    finish: (run, end) => change(() => finish.end(run.monitor, run.number, run.runId, end)),
    ...createSampleStore(statements, { read, change, get }),
    setDrift: (id, drift) => transact(() => statements.setDrift.run(JSON.stringify(drift), id)),
  };
}

function waitingOf(row: WaitingRow | undefined): ReturnType<MonitorStore['next']> {
  return row && { ...row, version: row.version ?? undefined };
}

type Statements = ReturnType<typeof prepareMonitors>;

interface SampleAccess {
  readonly read: <T>(work: () => T) => T;
  readonly change: <T>(work: () => T) => T;
  readonly get: (id: string) => StoredMonitor;
}

/** What is compared of runs. */
function createSampleStore(
  statements: Statements,
  { read, change, get }: SampleAccess,
): Pick<MonitorStore, 'samples' | 'sampleCounts' | 'renewReference'> {
  return {
    samples: (id) =>
      read(() => {
        const { afterSample } = get(id).drift;
        const current = statements.samples.all(id, 0, afterSample, currentRuns);
        return {
          reference: statements.samples.all(id, 1, 0, referenceRuns).map(sampleOf),
          current: current.map(sampleOf).reverse(),
          last: current[0]?.number ?? afterSample,
        };
      }),
    sampleCounts: (id) =>
      read(() => ({
        reference: statements.sampleCount.get(id, 1, 0) ?? 0,
        current: statements.sampleCount.get(id, 0, get(id).drift.afterSample) ?? 0,
      })),
    renewReference: (id) =>
      change(() => {
        statements.dropReference.run(id);
        statements.makeReference.run(id);
        const isReferenceFull = (statements.sampleCount.get(id, 1, 0) ?? 0) >= referenceRuns;
        statements.setDrift.run(JSON.stringify({ ...freshDrift, isReferenceFull }), id);
      }),
  };
}

/** Ends runs of samples, within a transaction. */
function createFinisher(
  connection: HeddleDatabase['connection'],
  statements: Statements,
  scores: Pick<RunScoreStore, 'add'>,
) {
  const count = createCounter(connection);

  function addSample(monitor: string, runId: string, { sample, batches }: JudgedEnd): void {
    const row = statements.get.get(monitor);
    if (sample === undefined || row === undefined) return;
    const { drift } = monitorOf(row);
    const reference = drift.isReferenceFull ? referenceRuns : (statements.sampleCount.get(monitor, 1, 0) ?? 0);
    const isReference = reference < referenceRuns;
    statements.addSample.run({
      ...{ monitor, run: runId, isReference: isReference ? 1 : 0, label: sample.label, body: sampleBody(sample) },
      vector: vectorBytes(sample.vector),
    });
    for (const batch of batches) statements.addBatch.run(batch, runId);
    if (isReference && reference + 1 === referenceRuns)
      statements.setDrift.run(JSON.stringify({ ...drift, isReferenceFull: true }), monitor);
    if (!isReference) statements.pruneSamples.run(monitor, monitor, currentRuns);
  }

  return {
    /** Skips some of the runs that wait, for the budget. */
    skip(monitor: string): void {
      statements.markWaiting.run(monitor, mostSkipped);
      const { changes } = statements.dropMarked.run(monitor);
      if (changes > 0) count(monitor, 'skipped:budget', changes);
    },
    /** False where the run no longer waits: it or its monitor was removed meanwhile. */
    end(monitor: string, number: number, runId: string, end: JudgedEnd): boolean {
      if (statements.mark.run(number).changes === 0) return false;
      statements.drop.run(number);
      scores.add(end.scores.map((score) => ({ ...score, batches: end.batches })));
      count(monitor, end.outcome, 1);
      const { day, cost, isSpent, error, at } = end;
      statements.spend.run({ monitor, day, cost, isSpent: isSpent ? 1 : 0 });
      if (error !== undefined) statements.setError.run(JSON.stringify({ at, code: error }), monitor);
      addSample(monitor, runId, end);
      return true;
    },
  };
}

function prepareMonitors(connection: HeddleDatabase['connection']) {
  return {
    ...prepareSamples(connection),
    list: connection.prepare<[], MonitorRow>('SELECT * FROM monitors ORDER BY created_at DESC, id'),
    get: connection.prepare<[string], MonitorRow>('SELECT * FROM monitors WHERE id = ?'),
    save: connection.prepare<[object]>(`
      INSERT INTO monitors (id, project, workflow, owner, setup, metrics, drift, created_at)
      VALUES (@id, @project, @workflow, @owner, @setup, @metrics, @drift, @now)
      ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, setup = excluded.setup, metrics = excluded.metrics, last_error = NULL`),
    pause: connection.prepare<[object]>('UPDATE monitors SET is_paused = @isPaused, reason = @reason WHERE id = @id'),
    remove: connection.prepare<[string]>('DELETE FROM monitors WHERE id = ?'),
    counts: connection.prepare<[string], { readonly outcome: string; readonly runs: number }>(
      'SELECT outcome, runs FROM monitor_counts WHERE monitor = ?',
    ),
    waiting: connection.prepare<[string], number>('SELECT count(*) FROM monitor_runs WHERE monitor = ?').pluck(),
    day: connection.prepare<[string, number], { readonly runs: number; readonly cost: number }>(
      'SELECT runs, cost FROM monitor_days WHERE monitor = ? AND day = ?',
    ),
    isSpent: connection.prepare<[string, number]>(
      'SELECT 1 FROM monitor_days WHERE monitor = ? AND day = ? AND is_spent = 1',
    ),
    anyQueued: connection.prepare<[]>('SELECT 1 FROM monitor_queue LIMIT 1'),
    next: connection.prepare<[string], WaitingRow>(`
      SELECT monitor_runs.number, monitor, runs.id AS runId, runs.version FROM monitor_runs JOIN runs ON runs.number = monitor_runs.run
      WHERE monitor = ? ORDER BY monitor_runs.number LIMIT 1`),
    markWaiting: connection.prepare<[string, number]>(`
      UPDATE monitor_runs SET is_over = 1 WHERE number IN (SELECT number FROM monitor_runs WHERE monitor = ? ORDER BY number LIMIT ?)`),
    dropMarked: connection.prepare<[string]>('DELETE FROM monitor_runs WHERE monitor = ? AND is_over = 1'),
    mark: connection.prepare<[number]>('UPDATE monitor_runs SET is_over = 1 WHERE number = ?'),
    drop: connection.prepare<[number]>('DELETE FROM monitor_runs WHERE number = ?'),
    spend: connection.prepare<[object]>(`
      INSERT INTO monitor_days (monitor, day, runs, cost, is_spent) VALUES (@monitor, @day, 0, @cost, @isSpent)
      ON CONFLICT (monitor, day) DO UPDATE SET cost = cost + excluded.cost, is_spent = max(is_spent, excluded.is_spent)`),
    setError: connection.prepare<[string, string]>('UPDATE monitors SET last_error = ? WHERE id = ?'),
  };
}

function prepareSamples(connection: HeddleDatabase['connection']) {
  return {
    addSample: connection.prepare<[object]>(`
      INSERT OR REPLACE INTO monitor_samples (monitor, run, is_reference, label, body, vector)
      SELECT @monitor, @run, @isReference, @label, @body, @vector
      WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = @run AND values_removed_at IS NOT NULL)`),
    addBatch: connection.prepare<[string, string]>(
      'INSERT OR IGNORE INTO run_score_batches (batch, run) VALUES (?, ?)',
    ),
    samples: connection.prepare<[string, number, number, number], SampleRow>(`
      SELECT number, run, body, vector FROM monitor_samples WHERE monitor = ? AND is_reference = ? AND number > ?
      ORDER BY number DESC LIMIT ?`),
    sampleCount: connection
      .prepare<[string, number, number], number>(
        'SELECT count(*) FROM monitor_samples WHERE monitor = ? AND is_reference = ? AND number > ?',
      )
      .pluck(),
    pruneSamples: connection.prepare<[string, string, number]>(`
      DELETE FROM monitor_samples WHERE monitor = ? AND is_reference = 0 AND number <= (
        SELECT number FROM monitor_samples WHERE monitor = ? AND is_reference = 0 ORDER BY number DESC LIMIT 1 OFFSET ?)`),
    setDrift: connection.prepare<[string, string]>('UPDATE monitors SET drift = ? WHERE id = ?'),
    dropReference: connection.prepare<[string]>('DELETE FROM monitor_samples WHERE monitor = ? AND is_reference = 1'),
    makeReference: connection.prepare<[string]>('UPDATE monitor_samples SET is_reference = 1 WHERE monitor = ?'),
  };
}

function countsOf(
  rows: readonly { readonly outcome: string; readonly runs: number }[],
  waiting: number,
): MonitorCounts {
  const of = (outcome: JudgedEnd['outcome']): number => rows.find((row) => row.outcome === outcome)?.runs ?? 0;
  return {
    ...{ waiting, judged: of('judged'), failed: of('failed') },
    skipped: { budget: of('skipped:budget'), label: of('skipped:label'), removed: of('skipped:removed') },
  };
}

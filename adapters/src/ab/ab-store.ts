import { figuresKey, type AbStore } from '@heddle/core';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { createAbStep, endOfRun, parseFigures } from './ab-step.js';
import { createAbTests } from './ab-tests.js';

interface FiguresRow {
  readonly version: number;
  readonly metric: string;
  readonly body: string;
}

/**
 * Tests of live pointers in heddle.db, and the journal projection that counts their runs.
 *
 * - The arm of a run is stored in the commit of its acceptance; only runs whose version the test chose have one.
 * - Replays and resumed runs have none: some of their results are those of another run.
 *
 * @example const ab = createAbStore(database); createSqliteJournal(database, { blobs, clock, projections: [ab.projection] })
 */
export function createAbStore(database: HeddleDatabase): AbStore & { readonly projection: JournalProjection } {
  const { connection, file } = database;
  const tests = createAbTests(database);
  const step = createAbStep(database, tests);
  const figures = connection.prepare<[string], FiguresRow>(
    'SELECT version, metric, body FROM ab_figures WHERE test = (SELECT number FROM ab_tests WHERE id = ?)',
  );
  const take = connection.prepare<[string, number, string, string]>(
    'INSERT OR IGNORE INTO ab_runs (run, test, version, unit) SELECT ?, number, ?, ? FROM ab_tests WHERE id = ?',
  );
  const isAny = connection.prepare<[], number>('SELECT 1 FROM ab_tests WHERE ended_at IS NULL LIMIT 1').pluck();
  const queue = connection.prepare<[string, string]>(
    'INSERT INTO ab_queue (run, metric) SELECT run, ? FROM ab_runs WHERE run = ?',
  );
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  let onEnded = (): void => undefined;

  const projection: JournalProjection = {
    types: ['run-end'],
    accept({ runId, version, test }) {
      if (test !== undefined && version !== undefined) take.run(runId, version, test.unit, test.id);
    },
    write(runId, records) {
      if (isAny.get() === undefined || !records.some(({ type }) => type === 'run-end')) return;
      if (queue.run(endOfRun, runId).changes > 0) onEnded();
    },
  };

  return {
    projection,
    get: (id) => read(() => tests.get(id)?.test),
    list: (workflowId) => read(() => tests.list(workflowId).map(({ test }) => test)),
    running: () => read(() => tests.running().map(({ test }) => test)),
    since: (time) => read(() => tests.since(time).map(({ test }) => test)),
    counts: (id) =>
      read(() => new Map(figures.all(id).map((row) => [figuresKey(row.version, row.metric), parseFigures(row.body)]))),
    step: (limit) => read(() => connection.transaction(step).immediate(limit)),
    whenEnded: (callback) => void (onEnded = callback),
  };
}

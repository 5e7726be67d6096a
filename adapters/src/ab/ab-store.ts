import { figuresKey, type AbStore, type GuardedWrite, type RunAcceptance, type Tables } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import { createAbStep, endOfRun, parseFigures } from './ab-step.js';
import { createAbTests } from './ab-tests.js';

interface FiguresRow {
  readonly version: number;
  readonly metric: string;
  readonly body: string;
}

/**
 * What runs record about the A/B tests that they take part in.
 *
 * - The arm of a run is stored in the commit of its acceptance. A run has an arm only if a test chose its version.
 * - Replays and resumed runs have no arm, because some of their results come from another run.
 */
const abRuns: RunProjection = {
  types: ['run-end'],
  concerns: 'SELECT 1 FROM ab_runs WHERE run = @run',
  accept: (run) => armOf(run),
  write: (run, records) => (records.some(({ type }) => type === 'run-end') ? [queued(run)] : []),
};

function armOf({ runId, version, test }: RunAcceptance): readonly GuardedWrite[] {
  if (test === undefined || version === undefined) return [];
  const sql = `INSERT INTO ab_runs (run, test, version, unit) SELECT @runId, number, @version, @unit FROM ab_tests WHERE id = @test
    ON CONFLICT DO NOTHING`;
  return [{ sql, values: { runId, version, unit: test.unit, test: test.id } }];
}

const queued = (run: string): GuardedWrite => ({
  sql: `INSERT INTO ab_queue (run, metric) SELECT run, @metric FROM ab_runs WHERE run = @run
    AND EXISTS (SELECT 1 FROM ab_tests WHERE number = ab_runs.test AND ended_at IS NULL)`,
  values: { run, metric: endOfRun },
});

/**
 * A/B tests on any database, and the projection that counts their runs.
 *
 * @example const ab = createAbStore(tables); createSqliteJournal(database, { blobs, clock, projections: [inJournal(database, ab.projection)] })
 */
export function createAbStore(tables: Tables): AbStore & { readonly projection: RunProjection } {
  const tests = createAbTests(tables);
  const figures =
    'SELECT version, metric, body FROM ab_figures WHERE test = (SELECT number FROM ab_tests WHERE id = @id)';
  return {
    projection: abRuns,
    get: async (id) => (await tests.get(id))?.test,
    list: async (workflowId) => (await tests.list(workflowId)).map(({ test }) => test),
    running: async () => (await tests.running()).map(({ test }) => test),
    since: async (time) => (await tests.since(time)).map(({ test }) => test),
    counts: async (id) =>
      new Map(
        (await tables.all<FiguresRow>(figures, { id })).map((row) => [
          figuresKey(row.version, row.metric),
          parseFigures(row.body),
        ]),
      ),
    step: createAbStep(tables, tests),
  };
}

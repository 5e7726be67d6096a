import {
  extendFigures,
  figuresKey,
  isValueOf,
  metricsOf,
  startFigures,
  type AbFigures,
  type AbTest,
  type GuardedWrite,
  type MetricInfo,
  type Tables,
} from '@heddle/core';
import { isDone } from '../sql/is-done.js';
import type { createAbTests } from './ab-tests.js';

interface QueueRow {
  readonly number: number;
  readonly metric: string;
  readonly value: number | null;
  /** Null if the run was removed before it was counted. */
  readonly run: string | null;
  readonly test: number | null;
  readonly version: number | null;
  readonly unit: string | null;
  readonly status: string | null;
  readonly ms: number | null;
  readonly cost: number | null;
  readonly tokens: number | null;
}

/** The metric of a row that stands for the end of a run. */
export const endOfRun = 'end';

interface Counting {
  readonly number: number;
  readonly test: AbTest;
  readonly metrics: readonly MetricInfo[];
  readonly figures: Map<string, FiguresEntry>;
}

interface FiguresEntry {
  readonly version: number;
  readonly metric: string;
  figures: AbFigures;
}

export const parseFigures = (body: string): AbFigures => JSON.parse(body) as AbFigures; // written by the step

const nextSql = `SELECT queue.number, queue.metric, queue.value, runs.id AS run, arms.test, arms.version, arms.unit, runs.status,
    CASE WHEN runs.ended_at < runs.accepted_at THEN 0 ELSE runs.ended_at - runs.accepted_at END AS ms, runs.cost,
    runs.input_tokens + runs.output_tokens AS tokens
  FROM ab_queue AS queue LEFT JOIN ab_runs AS arms ON arms.run = queue.run LEFT JOIN runs ON runs.id = queue.run
  ORDER BY queue.number LIMIT @limit`;
/** Rows of `ab_seen` that belong to ended tests: nothing reads them any more. */
const forgettable = `SELECT id FROM ab_seen WHERE test NOT IN (SELECT number FROM ab_tests WHERE ended_at IS NULL) LIMIT @limit`;

/**
 * Counts the queued rows of running tests. Counted rows leave the queue in the same commit as the figures, so a crash at any moment counts
 * nothing twice and loses nothing. All processes count the oldest rows first, and the commit requires that each row still exists: if two
 * processes count the same rows, one commits and the other reads the queue again.
 */
export function createAbStep(tables: Tables, tests: Pick<ReturnType<typeof createAbTests>, 'at'>) {
  async function forget(limit: number): Promise<boolean> {
    const old = await tables.all<{ readonly id: number }>(forgettable, { limit });
    if (old.length > 0)
      await tables.note(old.map(({ id }) => ({ sql: 'DELETE FROM ab_seen WHERE id = @id', values: { id } })));
    return old.length < limit;
  }

  return async (limit: number): Promise<{ readonly changed: readonly string[]; readonly isDone: boolean }> => {
    const rows = await tables.all<QueueRow>(nextSql, { limit });
    if (rows.length === 0) return { changed: [], isDone: await forget(limit) };
    const counted = await countRows(tables, tests, rows);
    const taken = rows.map(({ number }) => ({
      sql: 'DELETE FROM ab_queue WHERE number = @number',
      values: { number },
      rows: 1,
    }));
    // If another process was quicker, the next step reads the queue again.
    if (!(await isDone(tables.note([...taken, ...counted.writes])))) return { changed: [], isDone: false };
    return { changed: counted.changed, isDone: rows.length < limit && (await forget(limit)) };
  };
}

/** Adds rows of the queue to the figures of their tests and returns the writes. */
async function countRows(
  tables: Tables,
  tests: Pick<ReturnType<typeof createAbTests>, 'at'>,
  rows: readonly QueueRow[],
): Promise<{ readonly changed: readonly string[]; readonly writes: readonly GuardedWrite[] }> {
  const opened = new Map<number, Counting | undefined>();
  const counter = createRowCounter(tables);
  for (const row of rows) {
    if (!isCounted(row)) continue;
    if (!opened.has(row.test)) opened.set(row.test, await openTest(tests, row.test));
    const counting = opened.get(row.test);
    if (counting !== undefined) await counter.count(counting, row);
  }
  const changed: string[] = [];
  const writes: GuardedWrite[] = [];
  for (const counting of opened.values()) {
    if (counting === undefined || counting.figures.size === 0) continue;
    changed.push(counting.test.id);
    writes.push(goesOn(counting), ...[...counting.figures.values()].map((entry) => written(counting, entry)));
  }
  return { changed, writes: [...writes, ...counter.seen] };
}

async function openTest(
  tests: Pick<ReturnType<typeof createAbTests>, 'at'>,
  number: number,
): Promise<Counting | undefined> {
  const found = await tests.at(number);
  if (found === undefined || found.test.endedAt !== undefined) return undefined;
  return { number, test: found.test, metrics: metricsOf(found.test), figures: new Map() };
}

/** The commit fails if the test has ended: its figures do not change any more. */
const goesOn = ({ number }: Counting): GuardedWrite => ({
  sql: 'SELECT 1 FROM ab_tests WHERE number = @number AND ended_at IS NULL FOR UPDATE',
  values: { number },
  rows: 1,
});

const written = ({ number }: Counting, { version, metric, figures }: FiguresEntry): GuardedWrite => ({
  sql: `INSERT INTO ab_figures (test, version, metric, body) VALUES (@test, @version, @metric, @body)
    ON CONFLICT (test, version, metric) DO UPDATE SET body = excluded.body`,
  values: { test: number, version, metric, body: JSON.stringify(figures) },
});

/** Adds rows of the queue to the figures of their tests, and collects the writes that mark values as seen. */
function createRowCounter(tables: Tables) {
  const seen: GuardedWrite[] = [];
  const known = new Map<string, boolean>();

  /** Returns true the first time that a metric of a test sees `what`, and marks it as seen. */
  async function see(test: number, metric: string, what: string): Promise<boolean> {
    const key = JSON.stringify([test, metric, what]);
    const values = { test, metric, what };
    const isKnown =
      known.get(key) ??
      (await tables.get('SELECT 1 FROM ab_seen WHERE test = @test AND metric = @metric AND what = @what', values)) !==
        undefined;
    known.set(key, true);
    if (isKnown) return false;
    seen.push({ sql: 'INSERT INTO ab_seen (test, metric, what) VALUES (@test, @metric, @what)', values });
    return true;
  }

  async function entryOf(counting: Counting, version: number, metric: MetricInfo): Promise<FiguresEntry> {
    const key = figuresKey(version, metric.name);
    const found = counting.figures.get(key);
    if (found !== undefined) return found;
    const sql = 'SELECT body FROM ab_figures WHERE test = @test AND version = @version AND metric = @metric';
    const stored = await tables.get<{ readonly body: string }>(sql, {
      test: counting.number,
      version,
      metric: metric.name,
    });
    const figures = stored === undefined ? startFigures(counting.test, metric) : parseFigures(stored.body);
    const entry = { version, metric: metric.name, figures };
    counting.figures.set(key, entry);
    return entry;
  }

  async function add(counting: Counting, row: Counted, metric: MetricInfo, value: number | undefined): Promise<void> {
    const entry = await entryOf(counting, row.version, metric);
    const isFirst = isValueOf(metric.unit, value) && (await see(counting.number, metric.name, `u${row.unit}`));
    entry.figures = extendFigures(entry.figures, metric.unit, value, isFirst);
  }

  return {
    seen,
    async count(counting: Counting, row: Counted): Promise<void> {
      if (row.metric === endOfRun) {
        for (const metric of counting.metrics) {
          const value = valueOfRun(metric.name, row);
          if (value !== 'later') await add(counting, row, metric, value);
        }
        return;
      }
      const metric = counting.metrics.find(({ name }) => name === row.metric);
      if (metric === undefined) return;
      const value = row.value ?? undefined;
      // Only the first value of a run counts. A later change by a person would count the run twice.
      if (isValueOf(metric.unit, value) && !(await see(counting.number, metric.name, `r${row.run}`))) return;
      await add(counting, row, metric, value);
    },
  };
}

type Counted = QueueRow & {
  readonly run: string;
  readonly test: number;
  readonly version: number;
  readonly unit: string;
};

const isCounted = (row: QueueRow): row is Counted =>
  row.run !== null && row.test !== null && row.version !== null && row.unit !== null;

/** The value of a metric when a run ends; `later` if the value arrives in a row of its own. */
function valueOfRun(metric: string, { status, ms, cost, tokens }: QueueRow): number | undefined | 'later' {
  switch (metric) {
    case 'errors':
      return status === 'failed' ? 1 : 0;
    case 'ms':
      return status === 'failed' ? undefined : (ms ?? undefined);
    case 'cost':
      return cost ?? undefined;
    case 'tokens':
      return tokens ?? undefined;
    default:
      return 'later';
  }
}

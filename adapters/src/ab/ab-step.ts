import {
  extendFigures,
  figuresKey,
  isValueOf,
  metricsOf,
  startFigures,
  type AbFigures,
  type AbTest,
  type MetricInfo,
} from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import type { createAbTests } from './ab-tests.js';

interface QueueRow {
  readonly number: number;
  readonly metric: string;
  readonly value: number | null;
  /** Missing where the run was removed meanwhile. */
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
  readonly figures: Map<string, { readonly version: number; readonly metric: string; figures: AbFigures }>;
}

/** Figures as they were written. */
export const parseFigures = (body: string): AbFigures => JSON.parse(body) as AbFigures; // written by the step

/**
 * Counts what waits. Call it within a transaction: what it counts leaves the queue in the same commit as the figures, so that a kill at any moment
 * counts nothing twice and leaves nothing out.
 */
export function createAbStep(database: HeddleDatabase, tests: ReturnType<typeof createAbTests>) {
  const statements = prepareStatements(database);
  const countRow = createRowCounter(statements);

  function open(number: number): Counting | undefined {
    const found = tests.at(number);
    if (found === undefined || found.test.endedAt !== undefined) return undefined;
    return { number, test: found.test, metrics: metricsOf(found.test), figures: new Map() };
  }

  return (limit: number): { readonly changed: readonly string[]; readonly isDone: boolean } => {
    const rows = statements.next.all(limit);
    const opened = new Map<number, Counting | undefined>();
    for (const row of rows) {
      if (!isCounted(row)) continue;
      if (!opened.has(row.test)) opened.set(row.test, open(row.test));
      const counting = opened.get(row.test);
      if (counting !== undefined) countRow(counting, row);
    }
    const changed: string[] = [];
    for (const counting of opened.values()) {
      if (counting === undefined || counting.figures.size === 0) continue;
      changed.push(counting.test.id);
      for (const { version, metric, figures } of counting.figures.values())
        statements.write.run(counting.number, version, metric, JSON.stringify(figures));
    }
    const last = rows.at(-1);
    if (last !== undefined) statements.drop.run(last.number);
    const forgotten = statements.forget.run(limit).changes;
    return { changed, isDone: rows.length < limit && forgotten < limit };
  };
}

/** Adds a row of the queue to the figures of its test. */
function createRowCounter(statements: ReturnType<typeof prepareStatements>) {
  const see = (number: number, metric: string, what: string): boolean =>
    statements.see.run(number, metric, what).changes > 0;

  function figuresOf(counting: Counting, version: number, metric: MetricInfo) {
    const key = figuresKey(version, metric.name);
    const known = counting.figures.get(key);
    if (known !== undefined) return known;
    const body = statements.figures.get(counting.number, version, metric.name);
    const figures = body === undefined ? startFigures(counting.test, metric) : parseFigures(body);
    const entry = { version, metric: metric.name, figures };
    counting.figures.set(key, entry);
    return entry;
  }

  function count(counting: Counting, row: Counted, metric: MetricInfo, value: number | undefined): void {
    const entry = figuresOf(counting, row.version, metric);
    const isFirst = isValueOf(metric.unit, value) && see(counting.number, metric.name, `u${row.unit}`);
    entry.figures = extendFigures(entry.figures, metric.unit, value, isFirst);
  }

  return (counting: Counting, row: Counted): void => {
    if (row.metric === endOfRun) {
      for (const metric of counting.metrics) {
        const value = valueOfRun(metric.name, row);
        if (value !== 'later') count(counting, row, metric, value);
      }
      return;
    }
    const metric = counting.metrics.find(({ name }) => name === row.metric);
    if (metric === undefined) return;
    const value = row.value ?? undefined;
    // The first value of a run counts: what people change later would count it twice.
    if (isValueOf(metric.unit, value) && !see(counting.number, metric.name, `r${row.run}`)) return;
    count(counting, row, metric, value);
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

/** `later`: it comes as a value of its own. */
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

function prepareStatements({ connection }: HeddleDatabase) {
  return {
    next: connection.prepare<[number], QueueRow>(`
      SELECT queue.number, queue.metric, queue.value, runs.id AS run, arms.test, arms.version, arms.unit, runs.status,
        max(0, runs.ended_at - runs.accepted_at) AS ms, runs.cost, runs.input_tokens + runs.output_tokens AS tokens
      FROM ab_queue AS queue LEFT JOIN ab_runs AS arms ON arms.run = queue.run LEFT JOIN runs ON runs.id = queue.run
      ORDER BY queue.number LIMIT ?`),
    drop: connection.prepare<[number]>('DELETE FROM ab_queue WHERE number <= ?'),
    see: connection.prepare<[number, string, string]>(
      'INSERT OR IGNORE INTO ab_seen (test, metric, what) VALUES (?, ?, ?)',
    ),
    // What an ended test has seen is not needed any more.
    forget: connection.prepare<[number]>(`
      DELETE FROM ab_seen WHERE id IN (SELECT seen.id FROM ab_seen AS seen
        WHERE seen.test NOT IN (SELECT number FROM ab_tests WHERE ended_at IS NULL) LIMIT ?)`),
    figures: connection
      .prepare<[number, number, string], string>(
        'SELECT body FROM ab_figures WHERE test = ? AND version = ? AND metric = ?',
      )
      .pluck(),
    write: connection.prepare<[number, number, string, string]>(
      'INSERT OR REPLACE INTO ab_figures VALUES (?, ?, ?, ?)',
    ),
  };
}

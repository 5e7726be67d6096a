import type { ExperimentStore, StoredCell, StoredExperiment, StoredExperimentRow } from '@heddle/adapters/experiments';
import { inSlices, yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  changedSide,
  compareVariantsSteps,
  type ComparisonTable,
  withoutUndefined,
  type ComparedRow,
  type ComparedScore,
  type ExperimentCell,
  type ExperimentRow,
  type ExperimentRowsReply,
  type MetricInfo,
} from '@heddle/core';

const pageSize = 1_000;

export interface RowsQuery {
  readonly after: number;
  readonly limit: number;
  /** Only rows that passed with the baseline and failed with a variant, or the reverse. */
  readonly changed?: 'better' | 'worse' | 'any' | undefined;
  readonly variant?: string | undefined;
  readonly metric?: string | undefined;
  readonly tag?: string | undefined;
}

/** The table of an experiment. Until the experiment has ended, it has means only. */
export async function tableOf(
  store: ExperimentStore,
  experiment: StoredExperiment,
  isFinal: boolean,
): Promise<ComparisonTable> {
  const { variants, metrics } = experiment.body;
  const { rows, scores } = await scoresOf(store, experiment);
  const compared = { rows, scores, metrics, variants: variants.map(({ id }) => id) };
  const baseline = variants[0]?.id ?? '';
  if (isFinal)
    return withoutOpen(
      await inSlices(compareVariantsSteps(compared, { baseline })),
      await openMetrics(store, experiment),
    );
  const withoutTags = { ...compared, rows: rows.map(({ id }) => ({ id })) };
  const table = await inSlices(compareVariantsSteps(withoutTags, { baseline, resamples: 100 }));
  return { ...table, comparisons: [], winners: [] };
}

/** The metrics of people for which answers are still to be judged. An answer that no person is asked about does not count. */
async function openMetrics(store: ExperimentStore, { id, body }: StoredExperiment): Promise<ReadonlySet<string>> {
  const people = body.evaluators.filter(({ kind }) => kind === 'person').map(({ kind, name = kind }) => name);
  return new Set(people.length > 0 && (await store.waitsForPeople(id)) ? people : []);
}

/**
 * Leaves out comparisons of metrics that people have not finished. Repeated tests on a part of the answers would find differences by
 * chance.
 */
const withoutOpen = (table: ComparisonTable, open: ReadonlySet<string>): ComparisonTable =>
  open.size === 0
    ? table
    : {
        ...table,
        comparisons: table.comparisons.filter(({ metric }) => !open.has(metric)),
        winners: table.winners.filter(({ metric }) => !open.has(metric)),
      };

/** The rows and the scores of all their cells. */
export async function scoresOf(
  store: ExperimentStore,
  { id, body }: StoredExperiment,
): Promise<{ readonly rows: readonly ComparedRow[]; readonly scores: readonly ComparedScore[] }> {
  const rows: ComparedRow[] = [];
  const scores: ComparedScore[] = [];
  for (let after = 0; ;) {
    const page = await store.rows(id, after, pageSize);
    const last = page.at(-1);
    if (last === undefined) return { rows, scores };
    for (const { number, tags } of page) rows.push({ id: String(number), tags });
    for (const { number, variant, figures } of await store.cells(id, after, last.number))
      for (const [metric, value] of Object.entries(figures))
        scores.push({ row: String(number), variant: body.variants[variant - 1]?.id ?? '', metric, value });
    after = last.number;
    await yieldToEventLoop();
  }
}

/** A page of rows with their cells. With a filter, it reads on until the page is full. */
export async function rowsOf(
  store: ExperimentStore,
  experiment: StoredExperiment,
  { after, limit, changed, variant, metric, tag }: RowsQuery,
): Promise<ExperimentRowsReply> {
  const found: ExperimentRow[] = [];
  const isWanted = (row: ExperimentRow): boolean =>
    (tag === undefined || row.tags.includes(tag)) &&
    (changed === undefined ||
      row.changed.some(
        (one) =>
          (changed === 'any' || one.now === changed) &&
          (variant === undefined || one.of === variant) &&
          (metric === undefined || one.metric === metric),
      ));
  const isFiltered = changed !== undefined || tag !== undefined;
  for (let from = after; ;) {
    const page = await store.rows(experiment.id, from, isFiltered ? pageSize : limit);
    const last = page.at(-1);
    if (last === undefined) return { rows: found };
    const cells = cellsByRow(await store.cells(experiment.id, from, last.number));
    for (const row of page) {
      const shown = rowOf(experiment, row, cells.get(row.number) ?? []);
      if (!isWanted(shown)) continue;
      found.push(shown);
      if (found.length === limit) return { rows: found, next: row.number };
    }
    from = last.number;
    await yieldToEventLoop();
  }
}

function cellsByRow(cells: readonly StoredCell[]): ReadonlyMap<number, readonly StoredCell[]> {
  const found = new Map<number, StoredCell[]>();
  for (const cell of cells) {
    const before = found.get(cell.number);
    if (before === undefined) found.set(cell.number, [cell]);
    else before.push(cell);
  }
  return found;
}

/** A row with its cells, and the metrics that changed between pass and fail. */
export function rowOf(
  { body }: Pick<StoredExperiment, 'body'>,
  { number, id, tags, label }: StoredExperimentRow,
  cells: readonly StoredCell[],
): ExperimentRow {
  return {
    number,
    id,
    tags: [...tags],
    label,
    cells: cells.map((cell) => cellOf(body.variants[cell.variant - 1]?.id ?? '', cell)),
    changed: changesOf(body, cells),
  };
}

const cellOf = (
  variant: string,
  { repeat, state, attempt, run, error, figures, reused }: StoredCell,
): ExperimentCell => ({
  variant,
  repeat,
  state,
  attempt,
  values: { ...figures },
  ...withoutUndefined({ runId: run, error, reused }),
});

function changesOf(
  { variants, metrics }: StoredExperiment['body'],
  cells: readonly StoredCell[],
): ExperimentRow['changed'] {
  const meanOf = (variant: number, { name }: MetricInfo): number => {
    const values = cells.flatMap((cell) => (cell.variant === variant ? (cell.figures[name] ?? []) : []));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return variants.slice(1).flatMap(({ id }, index) =>
    metrics.flatMap((metric) => {
      const baseline = meanOf(1, metric);
      const value = meanOf(index + 2, metric);
      const now = changedSide(metric, baseline, value);
      return now === undefined ? [] : [{ of: id, metric: metric.name, baseline, variant: value, now }];
    }),
  );
}

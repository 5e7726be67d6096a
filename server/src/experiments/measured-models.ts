import type { ExperimentStore, StoredExperiment } from '@heddle/adapters/experiments';
import {
  bootstrapMeansSteps,
  createScoreTable,
  LabelLevel,
  meanOfColumn,
  withoutUndefined,
  type ComparedRow,
  type ComparedScore,
  type ModelResult,
  type Plan,
  type Steps,
} from '@heddle/core';

const modelKinds: ReadonlySet<string> = new Set(['model', 'embedder', 'reranker', 'classifier']);
/** A model card needs less precision than a comparison, so it uses fewer resamples. */
const resamples = 2_000;

/** The results of an experiment for each model that its variants use. */
type MeasuredModels = readonly { readonly model: string; readonly result: ModelResult }[];

/** Computes the results of models from the scores of an ended experiment, in steps. */
export function* measuredModels(
  { id, body }: StoredExperiment,
  scored: {
    readonly rows: readonly ComparedRow[];
    readonly scores: readonly ComparedScore[];
    readonly label: LabelLevel;
  },
  planOf: (hash: string) => Plan,
  measuredAt: number,
): Steps<MeasuredModels> {
  const { variants, metrics, dataset, name } = body;
  const table = createScoreTable({ ...scored, metrics, variants: variants.map((variant) => variant.id) });
  const found: { readonly model: string; readonly result: ModelResult }[] = [];
  for (const variant of variants) {
    const models = modelsOf(planOf(variant.hash));
    if (models.size === 0) continue;
    const columns = metrics.map((metric) => {
      const column = table.of(variant.id, metric.name);
      return { metric, column, ...meanOfColumn(column) };
    });
    const intervals = yield* bootstrapMeansSteps(
      columns.map(({ column }) => ({ values: column.filter((value) => !Number.isNaN(value)), levels: [0.95] })),
      { resamples },
    );
    for (const [at, { metric, column, mean, rows }] of columns.entries()) {
      if (mean === undefined) continue;
      const interval = intervals[at]?.[0];
      const result: ModelResult = {
        experiment: { id, name },
        variant: { id: variant.id, name: variant.name },
        dataset,
        measuredAt,
        metric,
        label: scored.label,
        mean,
        rows,
        missing: column.length - rows,
        ...withoutUndefined({ interval }),
      };
      for (const model of models) found.push({ model, result });
    }
  }
  return found;
}

/** The models that every run of a plan calls. If a node chooses among several models, the plan does not say which one a run takes. */
function modelsOf(plan: Plan): ReadonlySet<string> {
  const inner = [...plan.workflows.values()].flatMap((nested) => [...modelsOf(nested)]);
  const own = plan.nodes.flatMap(({ references, run }) =>
    run.isDisabled ? [] : references.filter(({ kind, isChoice }) => modelKinds.has(kind) && isChoice !== true),
  );
  return new Set([...own.map((reference) => reference.id), ...inner]);
}

/** The strictest label of all rows. */
export async function strictest(store: ExperimentStore, id: string): Promise<LabelLevel> {
  const ranks = (await store.labels(id)).map((level) => LabelLevel.options.indexOf(level));
  return LabelLevel.options[Math.max(0, ...ranks)] ?? 'restricted';
}

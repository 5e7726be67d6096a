import type { StoredExperiment } from '@heddle/adapters/experiments';
import {
  EvaluatorSetup,
  HeddleError,
  withoutUndefined,
  type ExperimentVariant,
  type MetricInfo,
  type RouteTrainingRequest,
} from '@heddle/core';

/** What a training reads of an experiment. */
export interface RouteTrainingPlan {
  /** The number of the variant in the cells, from 1; the same for `strong`. */
  readonly cheap: number;
  readonly strong: number;
  /** The two models between which the policy will choose. */
  readonly models: { readonly cheap: string; readonly strong: string };
  readonly by: { readonly metric: MetricInfo } | { readonly judge: EvaluatorSetup };
}

const refused = (message: string): HeddleError => new HeddleError('experiment_invalid', message);

/** Checks a request against its experiment. Errors: `experiment_invalid`. */
export function planRouteTraining(request: RouteTrainingRequest, { body }: StoredExperiment): RouteTrainingPlan {
  const [cheap, strong] = [request.cheap, request.strong].map((id) => variantOf(body.variants, id));
  if (cheap === undefined || strong === undefined || cheap.id === strong.id)
    throw refused('Choose two different variants: the cheap and the strong one.');
  if (request.embedding.includes('/'))
    throw refused(`'${request.embedding}' is a model of a connection: requests are read by a model of this machine.`);
  return {
    cheap: body.variants.indexOf(cheap) + 1,
    strong: body.variants.indexOf(strong) + 1,
    models: request.models ?? { cheap: modelOf(cheap), strong: modelOf(strong) },
    by: request.by.kind === 'judges' ? { judge: judgeOf(request) } : { metric: metricOf(body.metrics, request) },
  };
}

function variantOf(variants: readonly ExperimentVariant[], id: string): ExperimentVariant {
  const found = variants.find((variant) => variant.id === id);
  if (found === undefined)
    throw refused(`The experiment has no variant '${id}': it has ${variants.map((variant) => variant.id).join(', ')}.`);
  return found;
}

/** The model that a variant sets. Errors: `experiment_invalid` unless there is exactly one. */
function modelOf({ id, settings }: ExperimentVariant): string {
  const models = Object.entries(settings).flatMap(([path, value]) =>
    path.endsWith('.model') && typeof value === 'string' ? [value] : [],
  );
  const [only] = models;
  if (only === undefined || new Set(models).size > 1)
    throw refused(`The variant '${id}' does not set exactly one model: name the models of the policy in 'models'.`);
  return only;
}

function metricOf(metrics: readonly MetricInfo[], { by }: RouteTrainingRequest): MetricInfo {
  const fit = metrics.filter(({ unit }) => unit === 'score' || unit === 'check');
  const found = fit.find(({ name }) => by.kind === 'metric' && name === by.metric);
  if (found !== undefined) return found;
  const known = fit.length === 0 ? 'it has none' : `it has ${fit.map(({ name }) => name).join(', ')}`;
  throw refused(`Choose a score or a check of the experiment, from 0 to 1 (${known}), or judges.`);
}

function judgeOf({ by, input }: RouteTrainingRequest): EvaluatorSetup {
  if (by.kind !== 'judges') throw refused('Choose judges.');
  const config = withoutUndefined({ models: by.models, criteria: by.criteria, question: input });
  return EvaluatorSetup.parse(withoutUndefined({ kind: 'judge-pair', output: by.output, config }));
}

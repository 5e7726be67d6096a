import type { ExperimentStore } from '@heddle/adapters/experiments';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  HeddleError,
  type CalibrateQueueRequest,
  type Clock,
  type EvaluatorSetup,
  type MonitorStore,
  type Principal,
  type RunScoreStore,
} from '@heddle/core';
import { checkAccess } from '../../auth/rights/check-access.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import { isJudge } from '../../evaluators/calibration.service.js';

export interface JudgedSources {
  readonly experiments: Pick<ExperimentStore, 'get' | 'rows' | 'cellsOfRow'>;
  readonly monitors: Pick<MonitorStore, 'get'>;
  readonly scores: Pick<RunScoreStore, 'of'>;
  readonly ownership: Ownership;
  readonly clock: Pick<Clock, 'now'>;
}

/** A judge and its scores by run. */
interface JudgeOfRuns {
  readonly name: string;
  readonly evaluator: EvaluatorSetup;
  readonly scores: ReadonlyMap<string, number>;
}

const pageSize = 200;

/**
 * The LLM judges of an experiment or a monitor of the project, with their scores of these runs. Errors: `not_found`, also if it belongs to
 * another project; `forbidden`; `bad_request` if it has no such judge.
 */
export async function judgesOfRuns(
  sources: JudgedSources,
  project: string,
  { experiment, monitor, judges: named }: CalibrateQueueRequest,
  { runs, caller }: { readonly runs: ReadonlySet<string>; readonly caller: Principal },
): Promise<readonly JudgeOfRuns[]> {
  const [kind, id] =
    experiment === undefined ? (['monitor', monitor ?? ''] as const) : (['experiment', experiment] as const);
  const resource = await sources.ownership.resourceOf(kind, id, caller);
  // Scores stay in their project, even if the caller is a member of both.
  if (resource.project !== project) throw new HeddleError('not_found', `There is no such ${kind} here.`);
  checkAccess(caller, 'run:values', resource, sources.clock, id);
  const setups =
    kind === 'experiment'
      ? (await sources.experiments.get(id)).body.evaluators
      : (await sources.monitors.get(id)).setup.evaluators;
  const judges = setups
    .filter(isJudge)
    .map((evaluator) => ({ name: evaluator.name ?? evaluator.kind, evaluator, scores: new Map<string, number>() }));
  const missing = (named ?? []).find((name) => !judges.some((judge) => judge.name === name));
  if (judges.length === 0 || missing !== undefined)
    throw new HeddleError(
      'bad_request',
      `The ${kind} has no LLM judge${missing === undefined ? '' : ` '${missing}'`}.${
        judges.length === 0 ? '' : ` It has: ${judges.map(({ name }) => name).join(', ')}.`
      }`,
    );
  const found = new Map(judges.map((judge) => [judge.name, judge]));
  const said =
    kind === 'experiment' ? ofExperiment(sources.experiments, id, runs) : ofMonitor(sources.scores, id, runs);
  for await (const { run, metric, value } of said) if (value !== undefined) found.get(metric)?.scores.set(run, value);
  return judges.filter(({ name }) => named?.includes(name) !== false);
}

interface RunScore {
  readonly run: string;
  readonly metric: string;
  readonly value: number | undefined;
}

async function* ofExperiment(
  store: JudgedSources['experiments'],
  id: string,
  runs: ReadonlySet<string>,
): AsyncGenerator<RunScore> {
  for (let after = 0; ; after += pageSize) {
    const page = await store.rows(id, after, pageSize);
    for (const { number } of page)
      for (const { run, evaluations } of await store.cellsOfRow(id, number))
        if (run !== undefined && runs.has(run)) yield* evaluations.map(({ metric, value }) => ({ run, metric, value }));
    if (page.length < pageSize) return;
    await yieldToEventLoop();
  }
}

async function* ofMonitor(
  store: JudgedSources['scores'],
  id: string,
  runs: ReadonlySet<string>,
): AsyncGenerator<RunScore> {
  for (const run of runs) {
    for (const { monitorId, metric, value } of await store.of(run)) if (monitorId === id) yield { run, metric, value };
    await yieldToEventLoop();
  }
}

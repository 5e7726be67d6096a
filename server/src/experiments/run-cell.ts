import {
  cellKey,
  experimentScope,
  noSavings,
  type CellEnd,
  type CellWork,
  type ReusedWork,
  type ExperimentStore,
  type StoredExperiment,
} from '@heddle/adapters/experiments';
import type { IdentityStores } from '@heddle/adapters/identity';
import {
  HeddleError,
  isTerminal,
  labelOf,
  personRubric,
  toHeddleError,
  withoutUndefined,
  type Clock,
  type Evaluation,
  type Evaluators,
  type ExperimentVariant,
  type Journal,
  type Plan,
  type Principal,
  type Rubric,
  type RunSummary,
} from '@heddle/core';
import { checkAccess } from '../auth/rights/check-access.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { principalById } from '../auth/rights/principals.js';
import { contentHash } from '../calls/content-hash.js';
import { isTemporary } from '../channels/is-temporary.js';
import { subjectOfRun } from '../evaluators/subject-of-run.js';
import type { CompiledWorkflow } from '../compile/compile-service.js';
import type { RunService } from '../runs/run.service.js';
import { reusedWork } from './reused-work.js';
import { hasShared } from './shared-results.js';

export interface People {
  /** Adds a run to the queue with this name and rubric, and returns the queue's id. Errors: those of a queue. */
  readonly ask: (run: string, rubric: Rubric, caller: Principal, name: string) => Promise<string>;
  /** The annotations of people, by run. */
  readonly scoresOf: (
    project: string,
    rubric: Rubric,
  ) => Promise<ReadonlyMap<string, { readonly mean: number; readonly people: number }>>;
}

export interface CellDependencies {
  readonly store: ExperimentStore;
  readonly runs: RunService;
  readonly journal: Journal;
  readonly evaluators: Evaluators;
  readonly people: People;
  readonly identity: IdentityStores;
  readonly ownership: Ownership;
  readonly clock: Clock;
}

/** A variant with its compiled workflow. */
export interface ReadyVariant {
  readonly variant: ExperimentVariant;
  readonly compiled: CompiledWorkflow;
}

/** Starts the run of a cell. The commit that accepts the run also links it to the cell. Errors: those of a start. */
export async function startCell(
  { id, owner, project, body }: StoredExperiment,
  cell: CellWork,
  { variant, compiled }: ReadyVariant,
  { identity, ownership, clock, runs }: CellDependencies,
): Promise<string> {
  const principal = await principalById(identity, owner);
  const { workflowId, version, settings, hash } = variant;
  const isPublished = version !== undefined && Object.keys(settings).length === 0;
  const resource = await ownership.resourceOf('workflow', workflowId);
  checkAccess(principal, isPublished ? 'run:published' : 'run:draft', resource, clock, variant.workflow);
  const taken = Object.keys(compiled.plan.interface.inputs);
  const inputs = Object.fromEntries(
    taken.flatMap((name) => (Object.hasOwn(cell.row.inputs, name) ? [[name, cell.row.inputs[name]]] : [])),
  );
  const idempotency = {
    scope: experimentScope(id),
    key: cellKey(cell),
    requestHash: contentHash(`${hash} ${cell.row.hash}`),
  };
  const { runId } = await runs.start({
    document: compiled.bundle.document,
    workflowId,
    request: { inputs },
    trigger: 'test',
    caller: withoutUndefined({
      principal: principal.id,
      project,
      channel: 'experiment',
      subject: experimentScope(id),
      // Experiments count towards the budget of the API key that started them.
      key: principal.kind === 'key' ? principal.id.replace(/^key:/, '') : undefined,
    }),
    label: labelOf(cell.row.label),
    providerBatch: body.providerBatch,
    ...(isPublished ? { published: { compiled, version, idempotency } } : { compiled, idempotency }),
  });
  return runId;
}

/** Waits for the run of a cell, and has it judged. If the process dies, the next one repeats the evaluation but not the run. */
export async function judgeCell(
  experiment: StoredExperiment,
  cell: CellWork,
  { runId, plan }: { readonly runId: string; readonly plan: Plan },
  dependencies: CellDependencies,
  signal: AbortSignal,
): Promise<CellEnd> {
  const { runs, identity, evaluators, store } = dependencies;
  const run = await runs.settled(runId, signal);
  if (!isTerminal(run.status)) {
    const why = 'The run waits for a person, which an experiment cannot do: pin the answer, or leave the row out.';
    await runs.cancel(runId, experiment.owner, why);
    return endOf(cell, { status: 'failed', error: { code: 'conflict', message: why, retryable: false } }, {}, []);
  }
  const { evaluators: setups, reuse = false, cacheModelCalls = false } = experiment.body;
  const isSharing = reuse && hasShared(plan, cacheModelCalls);
  const reused = isSharing ? reusedWork(plan, await dependencies.journal.events(runId)) : undefined;
  const figures = figuresOf(run, reused);
  if (setups.length === 0) return { ...endOf(cell, run, figures, []), reused };
  const { inputs, expected, references } = cell.row;
  const found = await subjectOfRun(dependencies.journal, runId);
  const { budget, spent } = await store.money(experiment.id);
  const evaluations = await evaluators.evaluate(
    setups,
    { ...withSavings(found, reused), inputs, ...withoutUndefined({ expected, references }) },
    withoutUndefined({
      project: experiment.project,
      principal: await principalById(identity, experiment.owner),
      signal,
      budget: budget === undefined ? undefined : Math.max(0, budget - spent),
    }),
  );
  const asked = await askPeople(experiment, runId, evaluations, dependencies);
  return { ...endOf(cell, run, figures, asked), reused };
}

/**
 * Adds the run to a queue for each evaluator that is a person. If the answer cannot be queued, the reason is recorded instead of a score.
 */
async function askPeople(
  { owner, body }: StoredExperiment,
  runId: string,
  evaluations: readonly Evaluation[],
  { people, identity }: Pick<CellDependencies, 'people' | 'identity'>,
): Promise<readonly Evaluation[]> {
  const asked: Evaluation[] = [];
  for (const evaluation of evaluations) {
    const setup = body.evaluators.find(({ kind, name = kind }) => name === evaluation.metric);
    if (setup === undefined || evaluation.error?.code !== 'waits_for_person') {
      asked.push(evaluation);
      continue;
    }
    try {
      await people.ask(runId, personRubric(setup), await principalById(identity, owner), body.name);
      asked.push(evaluation);
    } catch (thrown) {
      const error = toHeddleError(thrown);
      if (isTemporary(error)) throw error;
      asked.push({ ...evaluation, explanation: error.message, error: { code: error.code, message: error.message } });
    }
  }
  return asked;
}

/** The time and cost of a run as if it had reused nothing, so that variants are comparable whatever their order. */
function withSavings<Found extends { readonly ms?: number; readonly cost?: number; readonly tokens?: number }>(
  found: Found,
  { ms, cost, tokens }: ReusedWork = noSavings,
): Found {
  const { ms: took = 0, cost: spent = 0, tokens: used = 0 } = found;
  return { ...found, ms: took + ms, cost: spent + cost, tokens: used + tokens };
}

/** A run without an answer has no latency, because a quick failure must not count as fast. */
function figuresOf(
  { status, startedAt = 0, endedAt = startedAt, cost, inputTokens, outputTokens }: RunSummary,
  reused: ReusedWork = noSavings,
): Record<string, number> {
  const isAnswered = status === 'done';
  return {
    'run.answered': isAnswered ? 1 : 0,
    'run.cost': cost + reused.cost,
    'run.tokens': inputTokens + outputTokens + reused.tokens,
    ...(isAnswered ? { 'run.ms': Math.max(0, endedAt - startedAt) + reused.ms } : {}),
  };
}

function endOf(
  { number, repeat, variant, attempt }: CellWork,
  { status, error }: Pick<RunSummary, 'status' | 'error'>,
  figures: Readonly<Record<string, number>>,
  evaluations: readonly Evaluation[],
): CellEnd {
  const values = evaluations.flatMap(({ metric, value }): [string, number][] =>
    value !== undefined && Number.isFinite(value) ? [[metric, value]] : [],
  );
  return {
    number,
    repeat,
    variant,
    attempt,
    state: status === 'done' ? 'done' : status === 'cancelled' ? 'cancelled' : 'failed',
    error:
      status === 'done'
        ? undefined
        : { code: error?.code ?? 'run_cancelled', message: error?.message ?? 'The run was cancelled.' },
    figures: { ...figures, ...Object.fromEntries(values) },
    evaluations,
  };
}

/** The end of a cell whose run could not start. */
export function refusedCell(cell: CellWork, { code, message }: HeddleError): CellEnd {
  return endOf(cell, { status: 'failed', error: { code, message, retryable: false } }, { 'run.answered': 0 }, []);
}

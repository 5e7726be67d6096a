import type { IdentityStores } from '@heddle/adapters/identity';
import {
  toHeddleError,
  withoutUndefined,
  type Clock,
  type Evaluation,
  type EvaluationScope,
  type EvaluationSubject,
  type Journal,
  type JudgedEnd,
  type MetricInfo,
  type MonitorStore,
  type NewScore,
  type StoredMonitor,
  type WaitingRun,
} from '@heddle/core';
import { principalById } from '../auth/rights/principals.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import { subjectOfRun } from '../evaluators/subject-of-run.js';
import { contentsOfRun } from '../feedback/contents-of-run.js';
import { driftSample, inputText } from './drift-sample.js';

export interface JudgeSources {
  readonly monitors: MonitorStore;
  readonly journal: Pick<Journal, 'summary' | 'acceptance' | 'events' | 'bundle'>;
  readonly evaluators: Pick<EvaluatorService, 'evaluate' | 'embed'>;
  readonly identity: IdentityStores;
  readonly clock: Clock & Pick<TrustedClock, 'trusted'>;
}

/** The number of the UTC day. It uses the trusted time, so that a clock that jumps does not renew a budget. */
export const dayOf = ({ trusted }: Pick<TrustedClock, 'trusted'>): number => Math.floor(trusted.now() / 86_400_000);

/** Errors that mean that the run or its values were removed meanwhile. */
const gone: ReadonlySet<string> = new Set(['run_not_found', 'conflict']);

/**
 * Judges one run of a sample. Errors: `forbidden` if the owner of the monitor no longer exists, `storage_*`; throws if the signal aborts.
 */
export async function judgeRun(
  monitor: StoredMonitor,
  run: WaitingRun,
  sources: JudgeSources,
  signal: AbortSignal,
): Promise<JudgedEnd> {
  const { journal, evaluators, identity, clock, monitors } = sources;
  const principal = await principalById(identity, monitor.owner);
  const day = dayOf(clock);
  const about = { day, at: clock.now(), scores: [], cost: 0, isSpent: false, batches: [] };
  const { costPerDay, evaluators: setups } = monitor.setup;
  const left = Math.max(0, costPerDay - (await monitors.spent(monitor.id, day)).cost);
  const scope: EvaluationScope = { project: monitor.project, principal, signal, budget: left };
  try {
    const subject = await subjectOfRun(journal, run.runId);
    const { batches } = await contentsOfRun(journal, run.runId);
    const evaluations = setups.length === 0 ? [] : await evaluators.evaluate(setups, subject, scope);
    const sample = monitor.setup.watchesDrift ? await sampleOf(monitor, subject, scope, sources) : undefined;
    const cost = evaluations.reduce((sum, evaluation) => sum + evaluation.cost, 0);
    return withoutUndefined({
      ...about,
      ...outcomeOf(evaluations, cost >= left && costPerDay > 0),
      cost,
      batches,
      sample,
      scores: evaluations
        .filter(({ error }) => error?.code !== 'label_refused' && error?.code !== 'budget_exceeded')
        .map((evaluation) => scoreOf(evaluation, { monitor, run, subject, at: clock.now() })),
    });
  } catch (thrown) {
    const error = toHeddleError(thrown);
    if (signal.aborted || error.code.startsWith('storage_')) throw thrown;
    return gone.has(error.code)
      ? { ...about, outcome: 'skipped:removed' }
      : { ...about, outcome: 'failed', error: error.code };
  }
}

/**
 * The outcome of judging a run. If the budget is spent, that ends the day: the waiting runs are then counted as skipped, without asking the
 * judge about each.
 */
function outcomeOf(
  evaluations: readonly Evaluation[],
  isUsedUp: boolean,
): Pick<JudgedEnd, 'outcome' | 'isSpent' | 'error'> {
  const codes = evaluations.flatMap(({ error }) => (error === undefined ? [] : [error.code]));
  if (codes.includes('budget_exceeded')) return { outcome: 'skipped:budget', isSpent: true, error: undefined };
  if (codes.includes('label_refused')) return { outcome: 'skipped:label', isSpent: isUsedUp, error: undefined };
  // These codes do not count as failures: that a run retrieved nothing, for example, is a fact about the run.
  const error = codes.find((code) => !code.startsWith('evaluation_no_'));
  return { outcome: error === undefined ? 'judged' : 'failed', isSpent: isUsedUp, error };
}

async function sampleOf(
  monitor: StoredMonitor,
  subject: EvaluationSubject,
  scope: EvaluationScope,
  { evaluators, journal, monitors }: JudgeSources,
): Promise<JudgedEnd['sample']> {
  const text = inputText(subject);
  let vector: Float32Array | undefined;
  let vectorError: string | undefined;
  try {
    if (text !== undefined)
      [vector] = await evaluators.embed([{ text, label: subject.label }], monitor.setup.embedder, scope);
  } catch (thrown) {
    if (scope.signal.aborted) throw thrown;
    vectorError = toHeddleError(thrown).code;
  }
  const events = await journal.events(subject.runId ?? '');
  const { drift } = await monitors.get(monitor.id);
  // Written only if it has changed, which is rare.
  if (text !== undefined && drift.vectorError !== vectorError)
    await monitors.changeDrift(monitor.id, (known) => ({ ...known, vectorError }));
  return { ...driftSample(subject, events, vector), label: subject.label.level };
}

interface ScoredRun {
  readonly monitor: StoredMonitor;
  readonly run: WaitingRun;
  readonly subject: EvaluationSubject;
  readonly at: number;
}

function scoreOf(
  { metric, value, explanation, error, cost, tokens }: Evaluation,
  { monitor, run, subject, at }: ScoredRun,
): NewScore {
  const info = monitor.metrics.find(({ name }) => name === metric);
  return {
    ...withoutUndefined({
      runId: run.runId,
      monitorId: monitor.id,
      metric,
      value,
      explanation,
      error,
      cost,
      tokens,
      judgedAt: at,
      project: monitor.project,
      workflow: monitor.setup.workflow,
      label: subject.label.level,
      isPassed: passes(info, value),
    }),
    version: run.version,
  };
}

/** Whether a value passes, by the same rule as in experiments. Times and costs neither pass nor fail. */
function passes(info: MetricInfo | undefined, value: number | undefined): boolean | undefined {
  if (value === undefined || info === undefined || (info.unit !== 'score' && info.unit !== 'check')) return undefined;
  return value >= 0.5 === (info.better === 'higher');
}

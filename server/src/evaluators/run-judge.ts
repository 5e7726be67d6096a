import {
  HeddleError,
  isTerminal,
  steadySource,
  workflowNotFound,
  type Clock,
  type EvaluationScope,
  type EvaluationSubject,
  type JudgedByWorkflow,
  type RunReply,
} from '@heddle/core';
import { runCaller } from '../auth/caller.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { PublishedRuns } from '../publishing/runs/published-runs.js';
import type { RunService } from '../runs/run.service.js';

export interface JudgeRuns {
  readonly published: Pick<PublishedRuns, 'workflow'>;
  readonly runs: Pick<RunService, 'start' | 'settled' | 'get' | 'cancel'>;
  readonly ownership: Pick<Ownership, 'projectsOf'>;
}

interface JudgeRun {
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly subject: EvaluationSubject;
  readonly scope: EvaluationScope;
  readonly clock: Clock;
}

/**
 * The published version that judges: the one that the caller would run. It must belong to the project of the evaluation. Errors:
 * `workflow_not_found`, `not_published`, `forbidden`.
 */
export async function judgeWorkflow(
  { published, ownership }: JudgeRuns,
  workflow: string,
  { project, principal }: Pick<EvaluationScope, 'project' | 'principal'>,
): ReturnType<PublishedRuns['workflow']> {
  const found = await published.workflow(workflow, principal);
  // A member of two projects must not move data from one to the other.
  if (!ownership.projectsOf('workflow', found.id).includes(project)) throw workflowNotFound(workflow);
  return found;
}

/**
 * Runs a published workflow on an answer, with the rights of the caller. It gets the values that its inputs name. The inputs have the label
 * of the answer, so no model gets data above its clearance. A run that waits for a person is cancelled.
 */
export async function runJudge(
  sources: JudgeRuns,
  { workflow, inputs, timeoutMs, signal, subject, scope, clock }: JudgeRun,
): Promise<JudgedByWorkflow & { readonly cost: number; readonly tokens: number }> {
  const { id, compiled, version, planInterface } = await judgeWorkflow(sources, workflow, scope);
  const wanted = Object.entries(inputs).filter(
    ([name, value]) => Object.hasOwn(planInterface.inputs, name) && value !== undefined,
  );
  const caller = runCaller(scope.principal, scope.project) ?? { principal: scope.principal.id, project: scope.project };
  const { runId } = await sources.runs.start({
    document: compiled.bundle.document,
    workflowId: id,
    request: { inputs: Object.fromEntries(wanted) },
    trigger: 'published',
    caller: { ...caller, channel: 'evaluation' },
    label: subject.label,
    published: { compiled, version: version.version },
  });
  const reply = await settled(sources, runId, timeoutMs, signal, clock);
  const { status, outputs, error, summary } = reply;
  const { cost, inputTokens, outputTokens } = summary;
  if (status === 'done') return { runId, outputs, cost, tokens: inputTokens + outputTokens };
  throw new HeddleError(
    'evaluation_failed',
    `The run ${runId} of '${workflow}' gave no score: ${error?.message ?? `it is ${status}`}`,
    {
      details: { runId, status, code: error?.code },
    },
  );
}

/** Waits for the end of the run. Cancels it after `timeoutMs`, when it waits for a person, or when the signal aborts. */
async function settled(
  { runs }: Pick<JudgeRuns, 'runs'>,
  runId: string,
  timeoutMs: number,
  signal: AbortSignal,
  clock: Clock,
): Promise<RunReply> {
  const own = new AbortController();
  const time = steadySource(clock);
  const late = new HeddleError('run_timeout', `The run ${runId} took longer than ${timeoutMs / 1_000} seconds.`);
  const stop = time.at(time.now() + timeoutMs, () => own.abort(late));
  try {
    const { status } = await runs.settled(runId, AbortSignal.any([signal, own.signal]));
    if (!isTerminal(status)) await runs.cancel(runId, undefined, 'An evaluator does not wait for a person.');
  } catch (error) {
    await runs.cancel(runId, undefined, 'The evaluation was given up.').catch(() => undefined);
    throw error;
  } finally {
    stop();
  }
  return runs.get(runId);
}

import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  steadySource,
  type CallScope,
  type Clock,
  type EvaluationScope,
  type EvaluationSubject,
  type EvaluatorContext,
  type EvaluatorMeter,
  type Label,
  type RunAcceptance,
} from '@heddle/core';
import { guardDestination, type GuardedCall } from '@heddle/engine';
import type { AuthorisedResources } from '../authority/authorised-resources.js';
import type { Authorities } from '../authority/authority.js';
import { runCaller } from '../auth/caller.js';
import type { PriceOf } from '../budgets/budget-guard.js';
import type { CallGuard } from '../calls/call-guard.js';
import { reportGuard } from '../calls/report-guard.js';
import { scopedResources } from '../calls/scoped-resources.js';
import { matchWithin } from '../common/match-within.js';
import { createEvaluationBudget } from './evaluation-budget.js';
import { recordCall, recordEgress, type Egress, type JudgedBy, type JudgingRecords } from './record-judging.js';
import { runJudge, type JudgeRuns } from './run-judge.js';

/** A longer evaluation is aborted. */
const longestMs = 300_000;

/** The resources of evaluators, before rights and labels are checked. */
export interface EvaluationSources extends JudgingRecords {
  readonly clock: Clock;
  readonly resources: AuthorisedResources;
  readonly authorities: Authorities;
  /** Kill switches and budgets, among others. */
  readonly guards: readonly CallGuard[];
  readonly priceOf: PriceOf;
  readonly runs: JudgeRuns;
}

/** What one running evaluator gets. */
export interface OpenEvaluator {
  readonly context: EvaluatorContext;
  readonly meter: EvaluatorMeter;
  /** Stops its time limit, and resolves once all its calls are recorded. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the resources of evaluators for one subject. Each model call needs the rights of the project and a clearance at or above the label,
 * passes kill switches and budgets, and is recorded. The budget of the scope covers all evaluators together.
 */
export function openEvaluation(
  sources: EvaluationSources,
  subject: EvaluationSubject,
  scope: EvaluationScope,
): (evaluator: string) => OpenEvaluator {
  const run = acceptanceOf(scope, sources.clock.now());
  const guards = [...sources.guards, createEvaluationBudget(scope.budget, sources.priceOf), reportGuard];
  const { clock, authorities } = sources;
  const resources = scopedResources(sources.resources, authorities, { clock, guards });
  return (evaluator) => {
    const by: JudgedBy = { run, project: scope.project, evaluator, judged: subject.runId };
    const spent = { cost: 0, tokens: 0 };
    const written: Promise<void>[] = [];
    const { signal, stop } = withinTime(scope.signal, clock, evaluator);
    const callScope: CallScope = {
      runId: run.runId,
      path: evaluator,
      attempt: 1,
      run,
      signal,
      label: subject.label,
      passages: () => [],
      record: (record) => {
        if (record.type !== 'model-call') return;
        spent.cost += record.usage?.cost ?? 0;
        spent.tokens += (record.usage?.inputTokens ?? 0) + (record.usage?.outputTokens ?? 0);
        written.push(recordCall(sources, by, record));
      },
    };
    const own = resources.scoped?.(callScope) ?? resources;
    const guarded = guardOf(subject.label, evaluator, (egress) => written.push(recordEgress(sources, by, egress)));
    return {
      context: {
        signal,
        match: matchWithin,
        pause: () => new Promise((resolve) => setImmediate(resolve)),
        use: async (kind, ...args) => guardDestination(kind, await own.use(kind, ...args), guarded),
        runWorkflow: async (workflow, inputs, { timeoutMs }) => {
          const judged = await runJudge(sources.runs, { workflow, inputs, timeoutMs, signal, subject, scope, clock });
          spent.cost += judged.cost;
          spent.tokens += judged.tokens;
          return judged;
        },
      },
      meter: { now: () => steadySource(clock).now(), whole: scope.signal, spent: () => spent },
      close: async () => {
        stop();
        await Promise.all(written);
      },
    };
  };
}

/** Checks clearances. Reports each destination outside this machine once, and every refusal. */
function guardOf(label: Label, path: string, onDecision: (egress: Egress) => void): GuardedCall {
  const known = new Set<string>();
  return {
    path,
    label,
    noteDestination: (destination) => {
      if (destination.isLocal || known.has(destination.name)) return;
      known.add(destination.name);
      onDecision({ decision: 'allowed', destination, reason: `It takes up to ${destination.clearance}.`, label });
    },
    recordDecision: (decision, destination, reason) => onDecision({ decision, destination, reason, label }),
  };
}

/** An evaluation is not a run, but like a run it makes calls for a caller in a project, so it has an acceptance. */
function acceptanceOf({ principal, project }: EvaluationScope, time: number): RunAcceptance {
  const runId = `evaluation-${randomUUID()}`;
  const caller = runCaller(principal, project) ?? { principal: principal.id, project };
  return {
    runId,
    rootId: runId,
    origin: undefined,
    workflowId: undefined,
    workflowName: 'Evaluation',
    time,
    trigger: 'api',
    inputs: {},
    options: {},
    reused: [],
    caller: { ...caller, channel: 'evaluation' },
  };
}

function withinTime(
  whole: AbortSignal,
  clock: Clock,
  evaluator: string,
): { readonly signal: AbortSignal; readonly stop: () => void } {
  const own = new AbortController();
  const time = steadySource(clock);
  const message = `'${evaluator}' took longer than ${longestMs / 1_000} seconds, and was given up.`;
  const stop = time.at(time.now() + longestMs, () => own.abort(new HeddleError('evaluation_failed', message)));
  return { signal: AbortSignal.any([whole, own.signal]), stop };
}

import { breakpointKey, HeddleError, isPlainObject, type Question } from '@heddle/core';
import type { Outcome } from '../run/outcome.js';
import { mayHaveRunKey } from '../recovery/earlier-runs.js';
import type { RequestEntry } from '../recovery/history.js';
import type { RunMemory } from '../recovery/run-memory.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';
import type { HumanInputs } from './human-inputs.js';
import type { Breakpoints } from './breakpoints.js';
import { recordSuspend, type SuspendRecording } from './suspend.js';

/** Each method returns true if the execution does not start now. */
interface PausingBefore {
  readonly breakpoints: Breakpoints;
  /** The execution waits at a breakpoint. */
  pausesAtBreakpoint(task: Task): boolean;
  /** The execution was suspended and still waits. */
  staysSuspended(task: Task): boolean;
  /** The execution failed and its next attempt is not due. */
  staysRetrying(task: Task): boolean;
  /** The node is `atMostOnce`, and it may have run already. */
  confirmsThatItRan(task: Task): boolean;
}

/**
 * Checks breakpoints before the first call, and what the journal says about an execution that began before. Returns true if the execution
 * does not start now.
 */
export function mustPause(run: PausingBefore, task: Task): boolean {
  if (run.breakpoints.isAt(task) && run.pausesAtBreakpoint(task)) return true;
  // Most executions did nothing before and may run twice.
  if (task.history === undefined && !task.node.run.atMostOnce) return false;
  return run.staysSuspended(task) || run.staysRetrying(task) || run.confirmsThatItRan(task);
}

/** Asks the question of a breakpoint before the first attempt. Returns whether the execution waits for the answer. */
export function pausesAtBreakpoint(run: { requestForRun: RequestForRun }, task: Task): boolean {
  return (
    task.history?.attempt === undefined &&
    run.requestForRun(task, 'breakpoint', breakpointKey, breakpointQuestion(task)) === undefined
  );
}

/** Whether a suspended execution still waits; if so, it is suspended again. */
export function staysSuspended(
  run: { readonly requests: HumanInputs; stillWaits(task: Task): boolean; rest(task: Task): void },
  task: Task,
): boolean {
  if (task.history === undefined) return false;
  if (run.stillWaits(task)) {
    run.rest(task);
    return true;
  }
  run.requests.expire(task.waitsFor.requests);
  task.forgetWaits();
  return false;
}

/** Whether the next attempt of an execution is not due yet; if so, the execution waits for it. */
export function staysRetrying(
  run: { readonly clock: RunClock; waitForRetry(task: Task, milliseconds: number): void },
  task: Task,
): boolean {
  const { history } = task;
  if (history?.last !== 'retry' || history.retryAt === undefined) return false;
  const left = history.retryAt - run.clock.now();
  if (left <= 0) return false;
  // If the wall clock was set back meanwhile, the pause does not become longer than planned.
  run.waitForRetry(task, Math.min(left, history.retryMs));
  return true;
}

interface RunAgainAsking {
  readonly clock: RunClock;
  readonly memory: RunMemory;
  requestForRun: RequestForRun;
  commitOutcome(task: Task, outcome: Outcome): void;
}

/**
 * Lets a person decide about an `atMostOnce` node that may have run already, before the process ended or in an earlier run. Returns true
 * while the decision is open, or if the decision is that the node fails.
 */
export function confirmsThatItRan(run: RunAgainAsking, task: Task): boolean {
  const { history } = task;
  // A replay has no effects, so nothing in it can happen twice.
  if (!task.node.run.atMostOnce || run.memory.replay !== undefined) return false;
  const wasBegunEarlier = task.attempt === 0 && run.memory.unclear.has(task.path);
  const isUnclear =
    wasBegunEarlier || (history !== undefined && (history.last === 'start' || history.requests.has(keyOf(task))));
  if (!isUnclear) return false;
  const answer = run.requestForRun(task, 'at-most-once', keyOf(task), uncertainRunQuestion(task));
  if (answer === undefined) return true;
  const decision = isPlainObject(answer.value) ? answer.value['decision'] : undefined;
  if (decision === 'run') return false;
  task.noteStart(run.clock.now());
  run.commitOutcome(task, {
    type: 'failed',
    error: new HeddleError(
      'at_most_once',
      `'${task.path}' may have run already, and a person decided not to run it again.`,
    ),
  });
  return true;
}

/**
 * The key of the question that was asked since the last start, or a new key. The attempt number alone is not enough: a run that continues
 * another one asks before its first attempt, and the history counts that as an attempt.
 */
function keyOf({ history, attempt }: Task): string {
  const asked = history === undefined || history.last === 'start' ? [] : [...history.requests.keys()];
  return asked.findLast((key) => key.startsWith(mayHaveRunKey)) ?? `${mayHaveRunKey}${attempt}`;
}

/** Asks a question of the engine itself. Returns undefined while there is no answer; then the execution is suspended. */
export type RequestForRun = (
  task: Task,
  reason: 'breakpoint' | 'at-most-once',
  key: string,
  question: Question,
) => NonNullable<RequestEntry['end']> | undefined;

/** Asks a question of the engine itself before an execution starts. */
export function requestForRun(
  run: SuspendRecording & { readonly requests: HumanInputs; rest(task: Task): void },
  ...[task, reason, key, question]: Parameters<RequestForRun>
): ReturnType<RequestForRun> {
  const known = task.history?.requests.get(key);
  if (known?.end !== undefined) return known.end;
  const request = run.requests.entry(task, key, question);
  task.waitsFor.requests.push(request);
  if (known === undefined) recordSuspend(run, task, { reason, request, until: undefined });
  run.rest(task);
  return undefined;
}

function breakpointQuestion(task: Task): Question {
  return {
    title: `Paused before '${task.node.title}'`,
    body: 'The run waits at a breakpoint. Any answer continues the run; { "step": true } pauses it again before the next node.',
    schema: {},
  };
}

function uncertainRunQuestion(task: Task): Question {
  return {
    title: `'${task.node.title}' may have run already`,
    body: 'This node was running when the process or an earlier run ended, and it must not run twice. Check whether its effect happened, then decide.',
    schema: {
      type: 'object',
      properties: { decision: { type: 'string', enum: ['run', 'fail'], title: 'Run it again, or let it fail' } },
      required: ['decision'],
    },
  };
}

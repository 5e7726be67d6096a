import { HeddleError, isPlainObject, type Question } from '@heddle/core';
import type { Outcome } from '../run/outcome.js';
import { mayHaveRunKey } from '../recovery/earlier-runs.js';
import type { RequestEntry } from '../recovery/history.js';
import type { RunMemory } from '../recovery/run-memory.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';
import type { HumanInputs } from './human-inputs.js';
import type { Breakpoints } from './breakpoints.js';
import { recordSuspend, type SuspendRecording } from './suspend.js';
import { breakpointKey } from './step-answer.js';

/** What looking back before the first call needs of the run. Each method gives true when the execution does not start now. */
interface PausingBefore {
  readonly breakpoints: Breakpoints;
  /** It pauses at a breakpoint. */
  pausesAtBreakpoint(task: Task): boolean;
  /** It was suspended, and still waits. */
  staysSuspended(task: Task): boolean;
  /** It failed, and its next attempt is not due. */
  staysRetrying(task: Task): boolean;
  /** It must not run twice, and may have run. */
  confirmsThatItRan(task: Task): boolean;
}

/** Before the first call: breakpoints, and what the journal says of an execution that began before. True when it does not start now. */
export function mustPause(run: PausingBefore, task: Task): boolean {
  if (run.breakpoints.isAt(task) && run.pausesAtBreakpoint(task)) return true;
  // Most executions have done nothing before, and may run twice.
  if (task.history === undefined && !task.node.run.atMostOnce) return false;
  return run.staysSuspended(task) || run.staysRetrying(task) || run.confirmsThatItRan(task);
}

/** Whether an execution at a breakpoint waits for an answer. */
export function pausesAtBreakpoint(run: { requestForRun: RequestForRun }, task: Task): boolean {
  return (
    task.history?.attempt === undefined &&
    run.requestForRun(task, 'breakpoint', breakpointKey, breakpointQuestion(task)) === undefined
  );
}

/** Whether an execution that was suspended still waits; it rests again then. */
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

/** Whether the next attempt of an execution is not due; it waits for that then. */
export function staysRetrying(
  run: { readonly clock: RunClock; waitForRetry(task: Task, milliseconds: number): void },
  task: Task,
): boolean {
  const { history } = task;
  if (history?.last !== 'retry' || history.retryAt === undefined) return false;
  const left = history.retryAt - run.clock.now();
  if (left <= 0) return false;
  // A clock that was set back since must not make a pause longer than it was meant to be.
  run.waitForRetry(task, Math.min(left, history.retryMs));
  return true;
}

/** What the question whether a node ran needs of the run. */
interface RunAgainAsking {
  readonly clock: RunClock;
  readonly memory: RunMemory;
  requestForRun: RequestForRun;
  commitOutcome(task: Task, outcome: Outcome): void;
}

/**
 * A node that must not run twice may have run, when the process ended or in a run before this one: a person decides. True where it
 * waits for the decision, or where that is that it fails.
 */
export function confirmsThatItRan(run: RunAgainAsking, task: Task): boolean {
  const { history } = task;
  // A replay has no effects, so nothing in it can happen twice.
  if (!task.node.run.atMostOnce || run.memory.replay !== undefined) return false;
  const wasBegunEarlier = task.attempt === 0 && run.memory.unclear.has(task.path);
  const isUnclear =
    wasBegunEarlier || (history !== undefined && (history.last === 'start' || history.requests.has(keyOf(task))));
  if (!isUnclear) return false;
  const answer = run.requestForRun(task, 'at-most-once', keyOf(task), mayHaveRunQuestion(task));
  if (answer === undefined) return true;
  const decision = isPlainObject(answer.value) ? answer.value['decision'] : undefined;
  if (decision === 'run') return false;
  task.noteStart(run.clock.now());
  run.commitOutcome(task, {
    type: 'failed',
    error: new HeddleError('at_most_once', `'${task.path}' may have run already, and was not run again by decision.`),
  });
  return true;
}

/**
 * The question that was asked since the last start, or the name of a new one. Its number alone does not tell: a run that goes on from
 * another asks before its first attempt, and a history counts that as one.
 */
function keyOf({ history, attempt }: Task): string {
  const asked = history === undefined || history.last === 'start' ? [] : [...history.requests.keys()];
  return asked.findLast((key) => key.startsWith(mayHaveRunKey)) ?? `${mayHaveRunKey}${attempt}`;
}

/** Asks on the engine's own account; undefined while there is no answer, and the execution rests then. */
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
    body: 'The run waits at a breakpoint. Any answer lets it go on; { "step": true } pauses it again before what comes next.',
    schema: {},
  };
}

function mayHaveRunQuestion(task: Task): Question {
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

import { HeddleError, isPlainObject, type Question } from '@heddle/core';
import { breakpointKey } from './step-answer.js';
import { askEntry, expireAsks } from './asks.js';
import { mayHaveRunKey } from '../recovery/earlier-runs.js';
import { commitOutcome, waitForRetry } from '../execution.js';
import type { AskEntry } from '../recovery/history.js';
import { recordPark, rest, stillWaits } from './parking.js';
import type { Runner } from '../runner.js';
import type { Task } from '../task.js';

/** Before the first call: breakpoints, and what the journal says of an execution that began before. True when it does not start now. */
export function mustPause(runner: Runner, task: Task): boolean {
  const { history } = task;
  if (
    runner.isBreakpoint(task) &&
    history?.attempt === undefined &&
    asks(runner, task, 'breakpoint', breakpointKey, breakpointQuestion(task)) === undefined
  )
    return true;
  const wasBegunEarlier = task.node.run.atMostOnce && task.attempt === 0 && runner.unclear.has(task.path);
  if (history === undefined) return wasBegunEarlier && mayHaveRun(runner, task);
  if (stillWaits(runner, task)) {
    rest(runner, task);
    return true;
  }
  expireAsks(runner, task.waitsFor.asks);
  task.waits = undefined;
  if (history.last === 'retry' && history.retryAt !== undefined && history.retryAt > runner.now()) {
    // A clock that was set back since must not make a pause longer than it was meant to be.
    waitForRetry(runner, task, Math.min(history.retryAt - runner.now(), history.retryMs));
    return true;
  }
  const isUnclear = wasBegunEarlier || history.last === 'start' || history.asks.has(keyOf(task));
  return task.node.run.atMostOnce && isUnclear && mayHaveRun(runner, task);
}

/**
 * The question that was asked since the last start, or the name of a new one. Its number alone does not tell: a run that goes on from
 * another asks before its first attempt, and a history counts that as one.
 */
function keyOf({ history, attempt }: Task): string {
  const asked = history === undefined || history.last === 'start' ? [] : [...history.asks.keys()];
  return asked.findLast((key) => key.startsWith(mayHaveRunKey)) ?? `${mayHaveRunKey}${attempt}`;
}

/** A node that must not run twice may have run, when the process ended or in a run before this one: a person decides (G4, D1, D2). */
function mayHaveRun(runner: Runner, task: Task): boolean {
  const answer = asks(runner, task, 'at-most-once', keyOf(task), mayHaveRunQuestion(task));
  if (answer === undefined) return true;
  const decision = isPlainObject(answer.value) ? answer.value['decision'] : undefined;
  if (decision === 'run') return false;
  task.startedAt = runner.now();
  commitOutcome(runner, task, {
    type: 'failed',
    error: new HeddleError('at_most_once', `'${task.path}' may have run already, and was not run again by decision.`),
  });
  return true;
}

/** Asks on the engine's own account; undefined while nobody has answered. */
function asks(
  runner: Runner,
  task: Task,
  reason: 'breakpoint' | 'at-most-once',
  key: string,
  question: Question,
): NonNullable<AskEntry['end']> | undefined {
  const known = task.history?.asks.get(key);
  if (known?.end !== undefined) return known.end;
  const entry = askEntry(runner, task, key, question);
  task.waitsFor.asks.push(entry);
  if (known === undefined) recordPark(runner, task, reason, entry, undefined);
  rest(runner, task);
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
    body: 'This node was running when the process or an earlier run ended, and it must not run twice. Look whether its effect happened, then decide.',
    schema: {
      type: 'object',
      properties: { decision: { type: 'string', enum: ['run', 'fail'], title: 'Run it again, or let it fail' } },
      required: ['decision'],
    },
  };
}

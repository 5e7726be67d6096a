import {
  type HeddleError,
  errorPortName,
  isStoreFault,
  joinLabels,
  toErrorValue,
  type LabelledValue,
} from '@heddle/core';
import { callNode } from './call-node.js';
import { armTimers, leaveSlots } from './deadlines.js';
import { joinStreamLabels } from './gather.js';
import { stopNested } from './nested.js';
import { mustPause } from './parking/pause-before.js';
import type { Failure } from './presets.js';
import { park } from './parking/parking.js';
import type { Runner } from './runner.js';
import { NodeState, type Outputs } from './scheduler/scheduler-types.js';
import { endBuffers, restartConsumers, stopUnneededProducers } from './streams/stream-flow.js';
import type { Outcome, Task } from './task.js';
import { checkFrame, drop } from './frame-flow.js';
import { requeue } from './parking/waking.js';

/** Failures that never take an error port (R3). */
const neverCarried: ReadonlySet<string> = new Set(['label_refused', 'budget_exceeded', 'run_cancelled', 'aborted']);

/** Begins an execution that is ready: from what is known beforehand, after a pause, or by calling its function. */
export function begin(runner: Runner, task: Task): void {
  const { frame, node } = task;
  if (frame.stop !== undefined || task.state !== 'queued' || frame.scheduler.stateOf(node.index) !== NodeState.Ready)
    return;
  if (task.isLive) {
    task.startsWhenGone = true;
    return;
  }
  if (task.call === 0) {
    const known = runner.presets?.outcomeOf(task);
    if (known !== undefined) {
      if ('error' in known) commitKnownFailure(runner, task, known);
      else commitCached(runner, task, known.outputs, known.origin);
      return;
    }
    if (mustPause(runner, task)) return;
  }
  if (node.limits.length > 0 && !task.hasSlots) waitForSlots(runner, task);
  else launch(runner, task);
}

function waitForSlots(runner: Runner, task: Task): void {
  const { limits } = task.node;
  task.giveUpPlace = runner.host.limits.acquire(
    limits,
    () => {
      task.giveUpPlace = undefined;
      task.place = undefined;
      task.hasSlots = true;
      runner.post({ type: 'command', run: () => requeue(runner, task) });
    },
    (limit, position) => {
      task.place = position > 0 ? { limit, position } : undefined;
      runner.outbox.live({
        type: 'node-queue',
        runId: runner.runId,
        time: runner.now(),
        path: task.path,
        attempt: task.attempt + 1,
        limit,
        position,
      });
    },
  );
}

function launch(runner: Runner, task: Task): void {
  runner.noteResumed(task.history?.last === 'woken' ? 'answered' : 'timer');
  const now = runner.now();
  task.begin(now);
  const record = { type: 'node-start', time: now, path: task.path, attempt: task.attempt } as const;
  const { atMostOnce } = task.node.run;
  if (!atMostOnce && !runner.isRecovering) {
    runner.outbox.add(record);
    call(runner, task);
    return;
  }
  // A node that must not run twice waits until its start cannot be forgotten (D1). The first nodes of a run that is taken up after a
  // crash wait for the commit: one that ends the process at once must not take with it that it began (D4).
  task.state = 'starting';
  const onCommitted = (): void => {
    runner.isRecovering = false;
    if (task.state === 'starting') call(runner, task);
  };
  runner.outbox.add(record, { onCommitted }, atMostOnce);
}

function call(runner: Runner, task: Task): void {
  task.state = 'running';
  task.isLive = true;
  task.frame.live += 1;
  const outcome = callNode(runner, task);
  if (!(outcome instanceof Promise)) {
    conclude(runner, task, outcome);
    return;
  }
  runner.running += 1;
  armTimers(runner, task);
  const number = task.call;
  void outcome.then((settled) => runner.post({ type: 'outcome', task, call: number, outcome: settled }));
}

/** The function came back, or was given up. */
export function conclude(runner: Runner, task: Task, returned: Outcome): void {
  const { frame } = task;
  if (returned.type !== 'parked' && stopNested(runner, task, returned)) return;
  task.isLive = false;
  frame.live -= 1;
  leaveSlots(runner, task);
  if (task.state !== 'running') {
    // It was skipped or starts again; what it gave does not count.
    if (task.startsWhenGone) requeue(runner, task);
    checkFrame(runner, frame);
    return;
  }
  const outcome: Outcome = task.verdict === undefined ? returned : { type: 'failed', error: task.verdict };
  if (frame.stop !== undefined) {
    if (outcome.type === 'done' && !runner.outbox.isClosed && !runner.hasOpenProducer(task))
      commitOutcome(runner, task, outcome);
    else drop(runner, task);
    checkFrame(runner, frame);
    return;
  }
  switch (outcome.type) {
    case 'parked':
      // It begins from its top when it goes on, and so does what reads its stream: until then that holds nothing up (P3).
      restartConsumers(runner, task);
      park(runner, task);
      return;
    case 'failed':
      if (canRetry(runner, task, outcome.error)) {
        retry(runner, task, outcome.error);
        return;
      }
      if (task.node.errorOutput < 0) {
        commitOutcome(runner, task, outcome);
        return;
      }
      break;
    case 'done':
      endBuffers(task);
  }
  if (runner.hasOpenProducer(task)) {
    // Its result commits with or after its producers' (S3).
    task.state = 'held';
    task.outcome = outcome;
    stopUnneededProducers(runner, task);
    return;
  }
  commitOutcome(runner, task, outcome);
}

/** Writes an outcome down; its edges settle when it is committed (E3). */
export function commitOutcome(runner: Runner, task: Task, outcome: Outcome): void {
  if (outcome.type === 'parked') return;
  const settled =
    outcome.type === 'done' && task.node.hasStreamInput
      ? { ...outcome, outputs: relabel(task, outcome.outputs) }
      : outcome;
  task.state = 'committing';
  task.outcome = settled;
  task.frame.committing += 1;
  const { path, attempt, startedAt: started } = task;
  const time = runner.now();
  if (settled.type === 'failed') {
    const isCarried = task.node.errorOutput >= 0 && !neverCarried.has(settled.error.code);
    const error = toErrorValue(settled.error, 'node_failed', path);
    runner.outbox.add(
      { type: 'node-error', time, path, attempt, error, started, label: errorLabel(task), isCarried },
      task,
    );
    return;
  }
  const record = { type: 'node-end', time, path, attempt, outputs: settled.outputs, started } as const;
  // Nothing waits for what leads nowhere: it settles now, so that the end of its run, where this was the last, is in the same commit.
  const after = feedsNothing(task) ? undefined : task;
  if (task.usage === undefined && settled.finish === undefined) runner.outbox.add(record, after);
  else {
    const usage = task.usage === undefined ? {} : { usage: task.usage };
    const finish = settled.finish === undefined ? {} : { finish: settled.finish };
    runner.outbox.add({ ...record, ...usage, ...finish }, after);
  }
  if (after === undefined) task.onCommitted();
}

/** A nested run tells its outputs on: for the node that asked for it, every result must be committed. */
function feedsNothing({ node, frame }: Task): boolean {
  return (
    node.outputs.length === 0 &&
    node.region < 0 &&
    !node.hasStreamInput &&
    frame.parent === undefined &&
    frame.stop === undefined
  );
}

function commitCached(runner: Runner, task: Task, outputs: Outputs, origin: string): void {
  task.state = 'committing';
  task.outcome = { type: 'done', outputs };
  task.frame.committing += 1;
  runner.outbox.add({ type: 'node-cached', time: runner.now(), path: task.path, attempt: 1, outputs, origin }, task);
}

/** A failure that was carried on is carried on again, with the label that it had: its node does not run. */
function commitKnownFailure(runner: Runner, task: Task, { error, label }: Failure): void {
  task.begin(runner.now());
  if (label !== undefined) task.label = joinLabels(task.label, label);
  commitOutcome(runner, task, { type: 'failed', error });
}

/** The outputs that a failure gives on the error port; undefined where it takes none. */
export function errorOutputs(task: Task, error: HeddleError): Outputs | undefined {
  if (task.node.errorOutput < 0 || neverCarried.has(error.code)) return undefined;
  return { [errorPortName]: { value: toErrorValue(error, 'node_failed', task.path), label: errorLabel(task) } };
}

/** What the words of a failure may be made of (B2). */
export const errorLabel = (task: Task): LabelledValue['label'] =>
  task.node.label === undefined ? task.label : joinLabels(task.label, task.node.label);

/** Streams that were read while they were written may have been raised since (E9). */
function relabel(task: Task, outputs: Outputs): Outputs {
  joinStreamLabels(task);
  const raised: Record<string, LabelledValue> = {};
  for (const [name, labelled] of Object.entries(outputs)) {
    const label = joinLabels(labelled.label, task.labelOf(name));
    raised[name] = label === labelled.label ? labelled : { ...labelled, label };
  }
  return raised;
}

/** A node that met a fault of the store, such as a read that the disk refused, has this many attempts at least: a quarter of a minute. */
const storeAttempts = 6;
const storeBackoffMs = 500;

function canRetry(runner: Runner, task: Task, error: HeddleError): boolean {
  const { attempts, atMostOnce } = task.node.run;
  if (!error.retryable || atMostOnce || neverCarried.has(error.code)) return false;
  // A run whose acceptance the disk did not take is over, and the nodes of a nested run that failed have been tried again.
  const isStore = isStoreFault(error) && runner.stored === undefined && !hasFailedNested(task);
  return task.failures + 1 < (isStore ? Math.max(attempts, storeAttempts) : attempts);
}

const hasFailedNested = ({ history }: Task): boolean =>
  [...(history?.nested.values() ?? [])].some((end) => 'error' in end);

/** Tries again after a pause that doubles, with jitter; when is a record, so that a replay needs no clock (D5). */
function retry(runner: Runner, task: Task, error: HeddleError): void {
  task.failures += 1;
  const wait = (isStoreFault(error) ? storeBackoffMs : task.node.run.backoffMs) * 2 ** (task.failures - 1);
  const dueAt = runner.now() + Math.round(wait * (0.5 + runner.host.random() / 2));
  runner.outbox.add({
    type: 'node-retry',
    time: runner.now(),
    path: task.path,
    attempt: task.attempt,
    error: toErrorValue(error, 'node_failed', task.path),
    dueAt,
  });
  restartConsumers(runner, task);
  if (task.history !== undefined) {
    for (const [key, end] of task.history.nested) {
      if (!('error' in end)) continue;
      task.history.nested.delete(key);
      task.isNestedStale = true;
    }
  }
  waitForRetry(runner, task, dueAt - runner.now());
}

/** Waits for a retry, without a slot. */
export function waitForRetry(runner: Runner, task: Task, milliseconds: number): void {
  task.state = 'retrying';
  task.retryAt = runner.now() + milliseconds;
  task.timers ??= [];
  const again = (): void => {
    if (task.state !== 'retrying') return;
    if (task.history?.last === 'retry') task.history.last = 'woken';
    requeue(runner, task);
  };
  task.timers.push(runner.afterSpan(milliseconds, () => runner.post({ type: 'command', run: again })));
}

import {
  HeddleError,
  defaultLabel,
  errorPortName,
  fromErrorValue,
  publicLabel,
  type LabelledValue,
  type Plan,
} from '@heddle/core';
import { abortCall, leaveSlots } from './deadlines.js';
import { errorLabel, errorOutputs } from './execution.js';
import { Frame, type Parent, type Stop } from './frame.js';
import type { SettlingEvent } from './recovery/history.js';
import { finishNested } from './nested.js';
import { elementAt, nodeOfPath } from './paths.js';
import { end } from './run-end.js';
import type { Runner } from './runner.js';
import { NodeState, type SchedulerListener } from './scheduler/scheduler-types.js';
import { breakBuffers, dropReadBuffers, releaseConsumers } from './streams/stream-flow.js';
import { Task } from './task.js';

/** Begins a run of a plan under a prefix; what the journal has of it is replayed first. */
export function openFrame(
  runner: Runner,
  plan: Plan,
  prefix: string,
  depth: number,
  inputs: Readonly<Record<string, LabelledValue>>,
  parent: Parent | undefined,
): Frame {
  const { presets } = runner;
  const selection = presets === undefined ? undefined : (owner: Frame) => presets.selectionOf(owner);
  const frame = new Frame(
    plan,
    prefix,
    depth,
    inputs,
    parent,
    (owner) => listenerOf(runner, owner),
    selection,
    (task) => settle(runner, task),
  );
  runner.frames.set(prefix, frame);
  if (parent !== undefined) parent.task.frame.children += 1;
  frame.scheduler.begin();
  const settled = runner.reread.settled.get(prefix) ?? runner.past?.settled.get(prefix);
  if (settled !== undefined) replay(runner, frame, settled);
  checkFrame(runner, frame);
  runner.poke();
  return frame;
}

/** Stops a frame and everything in it; it ends when the last function has come back (E8). */
export function stopFrame(runner: Runner, frame: Frame, stop: Stop): void {
  if (frame.stop !== undefined || frame.isFinished) return;
  frame.stop = stop;
  const error =
    stop.type === 'failed' || stop.type === 'aborted' || stop.type === 'lost'
      ? stop.error
      : new HeddleError('run_cancelled', `Run '${runner.runId}' was ${stop.type}.`);
  for (const task of frame.tasks) {
    if (task === undefined) continue;
    task.giveUpPlace?.();
    if (task.isLive) {
      abortCall(
        runner,
        task,
        stop.type === 'failed' ? new HeddleError('aborted', `Another node of the run failed: ${error.message}`) : error,
      );
      if (!task.node.hasStreamInput) continue;
    } else if (task.state !== 'committing') {
      drop(runner, task);
    }
    breakBuffers(frame, task.node, error);
  }
  checkFrame(runner, frame);
}

/** Lets an execution go without a result. */
export function drop(runner: Runner, task: Task): void {
  const { frame } = task;
  if (task.state === 'over') return;
  if (task.isLive) task.cancelTimers();
  else leaveSlots(runner, task);
  if (task.state === 'parked') frame.parked -= 1;
  else if (task.state !== 'idle') runner.countActive(frame, -1);
  forgetTask(task);
  if (frame.children === 0) return;
  const error = new HeddleError('aborted', `'${task.path}' was stopped.`);
  for (const nested of [...runner.frames.values()])
    if (nested.parent?.task === task) stopFrame(runner, nested, { type: 'aborted', error });
}

/** An execution settled: it leaves memory. */
export function forget(runner: Runner, task: Task): void {
  runner.countActive(task.frame, -1);
  forgetTask(task);
}

function forgetTask(task: Task): void {
  task.state = 'over';
  const { tasks } = task.frame;
  if (tasks[task.node.index] === task) tasks[task.node.index] = undefined;
}

/** Ends a frame when nothing of it is left, and tells its execution when it stands still. */
export function checkFrame(runner: Runner, frame: Frame): void {
  if (frame.isFinished) return;
  const isSettled = frame.scheduler.remaining === 0 || frame.stop !== undefined;
  if (isSettled && frame.live === 0 && frame.committing === 0 && frame.children === 0) {
    frame.isFinished = true;
    if (frame.parent === undefined) end(runner, frame);
    else finishNested(runner, frame);
  } else if (frame.parent !== undefined && frame.isParked) {
    runner.checkNestedLater(frame.parent.task);
  }
}

/** A result is committed: its edges settle (E3, D5). */
export function settle(runner: Runner, task: Task): void {
  const { frame, node, outcome } = task;
  frame.committing -= 1;
  forget(runner, task);
  if (frame.stop !== undefined || outcome === undefined) {
    checkFrame(runner, frame);
    return;
  }
  if (outcome.type === 'failed') {
    const verdict = frame.scheduler.fail(node.index, errorOutputs(task, outcome.error));
    if (verdict === 'fatal') {
      const { path } = task;
      stopFrame(runner, frame, { type: 'failed', error: outcome.error, path, label: errorLabel(task) });
    }
    breakBuffers(frame, node, outcome.error);
  } else if (outcome.type === 'done') {
    frame.scheduler.complete(node.index, outcome.outputs);
    if (frame.openBuffers > 0) releaseConsumers(runner, frame, node);
  }
  if (node.hasStreamInput) dropReadBuffers(frame, node);
  checkFrame(runner, frame);
}

function replay(runner: Runner, frame: Frame, events: readonly SettlingEvent[]): void {
  for (const event of events) {
    const node = nodeOfPath(frame.plan, event.path);
    if (node === undefined || frame.scheduler.stateOf(node.index) >= NodeState.Done) continue;
    const task = frame.tasks[node.index];
    if (task !== undefined) forget(runner, task);
    if (event.type !== 'node-error') {
      frame.scheduler.complete(node.index, event.outputs);
      continue;
    }
    const outputs = event.isCarried
      ? { [errorPortName]: { value: event.error, label: event.label ?? defaultLabel } }
      : undefined;
    if (frame.scheduler.fail(node.index, outputs) === 'fatal')
      stopFrame(runner, frame, {
        ...{ type: 'failed', error: fromErrorValue(event.error), path: event.path, label: event.label },
      });
  }
}

function listenerOf(runner: Runner, frame: Frame): SchedulerListener {
  return {
    ready: (index) => makeReady(runner, frame, index),
    skip: (index, reason, wasReady) => {
      if (frame.stop !== undefined) return;
      const node = frame.nodeAt(index);
      const task = frame.tasks[index];
      runner.recordDerived({
        type: 'node-skip',
        time: runner.now(),
        path: frame.pathOf(node),
        attempt: Math.max(1, task?.attempt ?? 1),
        reason,
      });
      if (!wasReady || task === undefined) return;
      const error = new HeddleError('aborted', `'${task.path}' was skipped: what it reads failed.`);
      if (task.isLive) abortCall(runner, task, error);
      task.giveUpPlace?.();
      drop(runner, task);
      breakBuffers(frame, node, error);
    },
    bypass: (index) => {
      const node = frame.nodeAt(index);
      runner.recordDerived({
        type: 'node-skip',
        time: runner.now(),
        path: frame.pathOf(node),
        attempt: 1,
        reason: 'disabled',
      });
      return frame.bypass(node);
    },
    loopNext: (region, iteration) => {
      if (frame.stop !== undefined) return;
      const target = frame.nodeAt(elementAt(frame.plan.regions, region).target);
      const path = frame.pathOf(target).replace(/\d+$/, String(iteration));
      runner.recordDerived({ type: 'loop-next', time: runner.now(), path, attempt: 1, iteration });
    },
    loopLimit: (region) => {
      if (frame.stop !== undefined) return;
      const { source, max, atLimit } = elementAt(frame.plan.regions, region);
      const path = frame.pathOf(frame.nodeAt(source));
      runner.recordDerived({ type: 'loop-limit', time: runner.now(), path, attempt: 1, max, atLimit });
      if (atLimit === 'leave') return;
      const error = new HeddleError(
        'loop-limit',
        `The loop that '${path}' closes reached its limit of ${max} iterations: raise "max", or let it leave at the limit.`,
        { details: { max } },
      );
      stopFrame(runner, frame, { type: 'failed', error, path });
    },
  };
}

function makeReady(runner: Runner, frame: Frame, index: number): void {
  if (frame.stop !== undefined) return;
  let task = frame.tasks[index];
  if (task === undefined) {
    const node = frame.nodeAt(index);
    task = new Task(frame, node, frame.pathOf(node), publicLabel);
    frame.tasks[index] = task;
    const history = runner.reread.histories.get(task.path) ?? runner.past?.histories.get(task.path);
    if (history !== undefined) {
      task.history = history;
      task.attempt = history.attempt;
      task.failures = history.failures;
    }
  }
  task.state = 'queued';
  runner.countActive(frame, 1);
  runner.ready.push(task);
}

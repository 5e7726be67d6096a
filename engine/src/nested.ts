import {
  HeddleError,
  Parked,
  fromErrorValue,
  publicLabel,
  joinLabels,
  toErrorValue,
  type LabelledValue,
  type NestedResult,
} from '@heddle/core';
import type { Frame } from './frame.js';
import { derivedKey, type NestedEnd } from './recovery/history.js';
import { nestedPrefix } from './paths.js';
import { readPast } from './recovery/resume.js';
import { checkRunInputs } from './run-inputs.js';
import type { Runner } from './runner.js';
import type { Outcome, Task } from './task.js';
import { checkFrame, openFrame, stopFrame } from './frame-flow.js';
import { wake } from './parking/waking.js';

/** A nested run that an execution waits for. */
export interface PendingNested {
  readonly prefix: string;
  resolve(end: NestedEnd): void;
  reject(error: Error): void;
}

/** Runs a workflow of the plan as a nested run under a longer path; what ended before is given back at once (P1, P2, design §4.5). */
export async function runNested(
  runner: Runner,
  task: Task,
  key: string,
  workflow: string,
  inputs: Readonly<Record<string, unknown>>,
): Promise<NestedResult> {
  const known = task.history?.nested.get(key);
  if (known !== undefined) return resultOf(task, known);
  const prefix = nestedPrefix(task.path, key);
  if (task.isNestedStale) await rereadNested(runner, prefix);
  if (!runner.frames.has(prefix)) openNested(runner, task, key, workflow, inputs, prefix);
  const end = await waitFor(runner, task, key, prefix);
  return resultOf(task, end);
}

function openNested(
  runner: Runner,
  task: Task,
  key: string,
  workflow: string,
  inputs: Readonly<Record<string, unknown>>,
  prefix: string,
): void {
  const plan = task.frame.plan.workflows.get(workflow);
  if (plan === undefined)
    throw new HeddleError(
      'workflow_not_found',
      `'${task.path}' runs the workflow '${workflow}', which its plan does not contain: name it in "references".`,
    );
  const depth = task.frame.depth + 1;
  const deepest = runner.host.maxNesting ?? 16;
  if (depth > deepest)
    throw new HeddleError(
      'nesting_limit',
      `'${task.path}' would nest runs ${depth} deep; at most ${deepest} are allowed.`,
    );
  const labelled: Record<string, LabelledValue> = {};
  for (const [name, value] of Object.entries(inputs))
    if (value !== undefined) labelled[name] = { value, label: task.label };
  const checked = checkRunInputs(plan.interface, labelled);
  if (runner.past?.derived.has(derivedKey({ type: 'nested-start', path: prefix })) !== true) {
    runner.record({
      type: 'nested-start',
      time: runner.now(),
      path: task.path,
      attempt: task.attempt,
      key,
      workflow,
      inputs: checked,
    });
  }
  openFrame(runner, plan, prefix, depth, checked, { task, key });
}

function waitFor(runner: Runner, task: Task, key: string, prefix: string): Promise<NestedEnd> {
  const promise = new Promise<NestedEnd>((resolve, reject) => {
    task.nested ??= new Map();
    if (task.nested.size === 0) runner.pause(task);
    task.nested.set(key, { prefix, resolve, reject });
  });
  // A node may start several and leave at the first that parks.
  promise.catch(() => undefined);
  runner.checkNestedLater(task);
  return promise;
}

/** A nested run stands still: when all that its execution waits for do, the execution parks (P3). */
export function parkWithNested(runner: Runner, task: Task): void {
  const pending = task.nested;
  if (pending === undefined || pending.size === 0 || !task.isLive || task.afterNested !== undefined) return;
  for (const { prefix } of pending.values()) if (runner.frames.get(prefix)?.isParked !== true) return;
  task.waitsFor.isNested = true;
  task.nested = undefined;
  runner.unpause(task, () => {
    for (const waiting of pending.values()) waiting.reject(new Parked());
  });
}

/** The function ended while nested runs of it go on: they are stopped and awaited before its outcome counts (E8). True when there are any. */
export function stopNested(runner: Runner, task: Task, outcome: Outcome): boolean {
  if (task.nested === undefined || task.nested.size === 0 || runner.outbox.isClosed) return false;
  task.afterNested = outcome;
  const error = new HeddleError('aborted', `'${task.path}' ended before its nested run.`);
  for (const { prefix } of [...task.nested.values()]) {
    const frame = runner.frames.get(prefix);
    if (frame !== undefined) stopFrame(runner, frame, { type: 'aborted', error });
  }
  return task.nested.size > 0;
}

/** A nested run is gone; when it was the last that the end of its execution waited for, the execution ends. */
function noteGone(runner: Runner, task: Task): void {
  const outcome = task.afterNested;
  if (outcome === undefined || (task.nested?.size ?? 0) > 0) return;
  task.afterNested = undefined;
  runner.post({ type: 'outcome', task, call: task.call, outcome });
}

/** Records how a nested run ended and goes on with the execution that asked for it. */
export function finishNested(runner: Runner, frame: Frame): void {
  const { parent, stop, prefix } = frame;
  if (parent === undefined) return;
  const { task, key } = parent;
  if (runner.outbox.isClosed || (stop !== undefined && stop.type !== 'failed')) {
    const pending = task.nested?.get(key);
    task.nested?.delete(key);
    pending?.reject(
      stop?.type === 'aborted' ? stop.error : new HeddleError('aborted', `The nested run '${prefix}' was stopped.`),
    );
    noteGone(runner, task);
    closeNested(runner, frame);
    return;
  }
  const end: NestedEnd =
    stop === undefined
      ? { outputs: frame.outputs() }
      : {
          error: toErrorValue(stop.error, 'node_failed', stop.path),
          ...(stop.label === undefined ? {} : { label: stop.label }),
        };
  runner.record(
    { type: 'nested-end', time: runner.now(), path: task.path, attempt: Math.max(1, task.attempt), key, ...end },
    {
      onCommitted: () => {
        task.remembers.nested.set(key, end);
        deliver(runner, task, key, end);
        closeNested(runner, frame);
      },
    },
  );
}

/** A nested run leaves memory; the frame around it may have waited for that. */
export function closeNested(runner: Runner, { prefix, parent }: Frame): void {
  if (parent === undefined || !runner.frames.delete(prefix)) return;
  parent.task.frame.children -= 1;
  checkFrame(runner, parent.task.frame);
}

function deliver(runner: Runner, task: Task, key: string, end: NestedEnd): void {
  const pending = task.state === 'parked' ? undefined : task.nested?.get(key);
  if (pending === undefined) {
    wake(runner, task);
    return;
  }
  task.nested?.delete(key);
  if (task.afterNested !== undefined) {
    noteGone(runner, task);
    return;
  }
  const go = (): void => pending.resolve(end);
  if (task.nested?.size === 0) runner.unpause(task, go);
  else go();
  runner.checkNestedLater(task);
}

function resultOf(task: Task, end: NestedEnd): NestedResult {
  if ('error' in end) {
    // Whoever catches it has read its words (B2).
    if (end.label !== undefined) task.raise(end.label);
    throw fromErrorValue(end.error);
  }
  const outputs: Record<string, unknown> = {};
  let label = publicLabel;
  for (const [name, labelled] of Object.entries(end.outputs)) {
    outputs[name] = labelled.value;
    label = joinLabels(label, labelled.label);
  }
  task.raise(label);
  return { outputs, label };
}

/** After a retry: what ended well in the failed nested runs is read back, so that it is not computed again (G2). */
async function rereadNested(runner: Runner, prefix: string): Promise<void> {
  const past = readPast(await runner.host.journal.events(runner.runId));
  for (const [key, events] of past.settled) if (key.startsWith(prefix)) runner.reread.settled.set(key, events);
  for (const [path, history] of past.histories) if (path.startsWith(prefix)) runner.reread.histories.set(path, history);
}

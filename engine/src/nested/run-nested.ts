import { fromErrorValue, joinLabels, publicLabel, type NestedResult } from '@heddle/core';
import { nestedPrefix } from '../paths.js';
import type { NestedEnd } from '../recovery/history.js';
import type { Frame, Task } from '../run/run-tree.js';
import type { NestedRequest } from './open-nested.js';

/** The parts of a run that a nested run needs. */
interface NestedRunning {
  readonly frames: ReadonlyMap<string, Frame>;
  openNested(task: Task, request: NestedRequest, prefix: string): void;
  waitForNested(task: Task, key: string, prefix: string): Promise<NestedEnd>;
  /** Reads results of finished nodes in nested runs that failed. */
  rereadNested(prefix: string): Promise<void>;
}

/** Runs a workflow of the plan as a nested run under a longer path. A nested run that has ended returns its result at once. */
export async function runNested(run: NestedRunning, task: Task, request: NestedRequest): Promise<NestedResult> {
  const { key } = request;
  const known = task.history?.nested.get(key);
  if (known !== undefined) return resultOf(task, known);
  const prefix = nestedPrefix(task.path, key);
  if (task.isNestedStale) await run.rereadNested(prefix);
  if (!run.frames.has(prefix)) run.openNested(task, request, prefix);
  const end = await run.waitForNested(task, key, prefix);
  return resultOf(task, end);
}

function resultOf(task: Task, end: NestedEnd): NestedResult {
  if ('error' in end) {
    // A node that catches the error has read its message.
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

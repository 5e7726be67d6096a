import { fromErrorValue, joinLabels, publicLabel, type NestedResult } from '@heddle/core';
import { nestedPrefix } from '../paths.js';
import type { NestedEnd } from '../recovery/history.js';
import type { Frame, Task } from '../run/run-tree.js';
import type { NestedRequest } from './open-nested.js';

interface NestedRunning {
  readonly frames: ReadonlyMap<string, Frame>;
  openNested(task: Task, request: NestedRequest, prefix: string): void;
  waitForNested(task: Task, key: string, prefix: string): Promise<NestedEnd>;
  /** Reads the results of finished nodes in failed nested runs. */
  rereadNested(prefix: string): Promise<void>;
}

/** Runs a workflow of the plan as a nested run under a longer path. If the nested run has already ended, its result is returned at once. */
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
    // The label of the error counts even if the node catches it, because the node has read its message.
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

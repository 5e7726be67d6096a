import { errorPortName, joinLabels, toErrorValue, type HeddleError, type Label } from '@heddle/core';
import type { Task } from '../run/run-tree.js';
import type { Outputs } from '../scheduler/scheduler-types.js';

/** Failures that never take an error port. */
const neverCarried: ReadonlySet<string> = new Set([
  'label_refused',
  'budget_exceeded',
  'run_cancelled',
  'aborted',
  'replay_would_call',
]);

/** Whether a failure may be handled, by a retry or by a connected error port. */
export function isHandled({ code }: HeddleError): boolean {
  return !neverCarried.has(code);
}

/** Whether a failure leaves the node through its error port. */
export function takesErrorPort(task: Task, error: HeddleError): boolean {
  return task.node.errorOutput >= 0 && isHandled(error);
}

/** The outputs of a failure on the error port; undefined if it does not take the port. */
export function errorOutputs(task: Task, error: HeddleError): Outputs | undefined {
  if (!takesErrorPort(task, error)) return undefined;
  return { [errorPortName]: { value: toErrorValue(error, 'node_failed', task.path), label: errorLabel(task) } };
}

/** The label of a failure's message, which may quote everything that the execution read. */
export function errorLabel(task: Task): Label {
  return task.node.label === undefined ? task.label : joinLabels(task.label, task.node.label);
}

import { HeddleError, Suspended, type Delta, type LabelledValue } from '@heddle/core';
import { checkOutputs, inSlices } from './check-outputs.js';
import { gatherInputs } from './gather.js';
import type { Mailbox } from '../run/mailbox.js';
import { failed, type Outcome } from '../run/outcome.js';
import type { Task } from '../run/run-tree.js';
import { collectOutputs, portOfDelta } from './collect-outputs.js';
import type { RunContext } from './run-context.js';

interface NodeCalling {
  readonly mailbox: Mailbox;
  createContext(task: Task): RunContext;
  /** Handles a delta that the node's generator yielded. */
  handleDelta(task: Task, port: string, delta: string): void;
}

/** Calls a node's function once. Returns the outcome if the function returns its outputs at once, else a promise that never rejects. */
export function callNode(run: NodeCalling, task: Task): Outcome | Promise<Outcome> {
  const { definition, config } = task.node;
  try {
    const inputs = gatherInputs(task);
    const context = run.createContext(task);
    task.useContext(context);
    const result = definition.run({ config, inputs, context });
    if (isGenerator(result)) return drive(run, task, result);
    if (isPromise(result)) {
      return result.then(
        (returned) => finish(run, task, returned),
        (error: unknown) => failure(task, error),
      );
    }
    return finish(run, task, result);
  } catch (error) {
    return failure(task, error);
  }
}

async function drive(
  run: NodeCalling,
  task: Task,
  generator: AsyncGenerator<Delta, Readonly<Record<string, unknown>>, void>,
): Promise<Outcome> {
  const { call } = task;
  try {
    for (;;) {
      const next = await generator.next();
      if (next.done === true) return await finish(run, task, next.value);
      if (task.call !== call || task.abortError !== undefined) {
        await generator.return({});
        throw task.abortError ?? new HeddleError('aborted', `'${task.path}' was given up.`);
      }
      try {
        run.handleDelta(task, portOfDelta(task.node, next.value), next.value.delta);
      } catch (error) {
        await generator.return({});
        throw error;
      }
    }
  } catch (error) {
    return failure(task, error);
  }
}

function failure(task: Task, error: unknown): Outcome {
  if (error instanceof Suspended) return { type: 'suspended' };
  if (task.isStopped) return stopped(task);
  return failed(error);
}

/** The outcome of a node whose consumers have all ended early: its value is the text so far. */
function stopped(task: Task): Outcome {
  const outputs: Record<string, LabelledValue> = {};
  for (const [port, value] of task.texts ?? []) outputs[port] = { value, label: task.labelOf(port) };
  return { type: 'done', outputs, finish: 'stopped' };
}

/** Checks the outputs of a node: small ones at once, large ones in pieces. */
function finish(run: NodeCalling, task: Task, returned: unknown): Outcome | Promise<Outcome> {
  if (task.isStopped) return stopped(task);
  try {
    const outputs = collectOutputs(task, returned);
    const done: Outcome = { type: 'done', outputs };
    const rest = checkOutputs(task.path, outputs);
    return rest === undefined
      ? done
      : inSlices(run.mailbox, rest).then(
          () => (task.isStopped ? stopped(task) : done),
          (error: unknown) => failure(task, error),
        );
  } catch (error) {
    return failed(error);
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return isObject(value) && 'then' in value && typeof value.then === 'function';
}

function isGenerator<T, R>(value: unknown): value is AsyncGenerator<T, R, void> {
  return isObject(value) && Symbol.asyncIterator in value && 'next' in value && typeof value.next === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

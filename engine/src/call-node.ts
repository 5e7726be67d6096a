import { HeddleError, Parked, errorPortName, type Delta, type LabelledValue, type PlanNode } from '@heddle/core';
import { checkOutputs, inTurns } from './check-outputs.js';
import { gatherInputs } from './gather.js';
import { RunContext } from './run-context.js';
import type { Runner } from './runner.js';
import type { Outputs } from './scheduler/scheduler-types.js';
import { failed, type Outcome, type Task } from './task.js';

/** Calls a node's function once: the outcome at once where the function gives its outputs at once, else a promise of it that never rejects. */
export function callNode(runner: Runner, task: Task): Outcome | Promise<Outcome> {
  const { definition, config } = task.node;
  try {
    const inputs = gatherInputs(task);
    const context = new RunContext(runner, task);
    task.context = context;
    const result = definition.run({ config, inputs, context });
    if (isGenerator(result)) return drive(runner, task, result);
    if (isPromise(result)) {
      return result.then(
        (returned) => finish(runner, task, returned),
        (error: unknown) => failure(task, error),
      );
    }
    return finish(runner, task, result);
  } catch (error) {
    return failure(task, error);
  }
}

async function drive(
  runner: Runner,
  task: Task,
  generator: AsyncGenerator<Delta, Readonly<Record<string, unknown>>, void>,
): Promise<Outcome> {
  const { call } = task;
  try {
    for (;;) {
      const next = await generator.next();
      if (next.done === true) return await finish(runner, task, next.value);
      if (task.call !== call || task.abortError !== undefined) {
        await generator.return({});
        throw task.abortError ?? new HeddleError('aborted', `'${task.path}' was given up.`);
      }
      try {
        runner.onDelta(task, portOfDelta(task.node, next.value), next.value.delta);
      } catch (error) {
        await generator.return({});
        throw error;
      }
    }
  } catch (error) {
    return failure(task, error);
  }
}

/** The only output port may be left unnamed (S1). */
function portOfDelta(node: PlanNode, delta: Delta): string {
  const name = delta.port ?? soleOutput(node);
  if (name === undefined)
    throw new HeddleError(
      'node_output_invalid',
      `'${node.id}' yielded a delta without a port and has several outputs: name the port.`,
    );
  if (!node.outputs.some((output) => output.name === name) || (name === errorPortName && node.errorOutput >= 0)) {
    throw new HeddleError(
      'node_output_invalid',
      `'${node.id}' yielded a delta for '${name}', which is not one of its outputs.`,
    );
  }
  return name;
}

function soleOutput(node: PlanNode): string | undefined {
  let sole: string | undefined;
  for (const { name } of node.outputs) {
    if (name === errorPortName) continue;
    if (sole !== undefined) return undefined;
    sole = name;
  }
  return sole;
}

function failure(task: Task, error: unknown): Outcome {
  if (error instanceof Parked) return { type: 'parked' };
  if (task.isStopped) return stopped(task);
  return failed(error);
}

/** Every consumer ended early: the text so far is the value (S5). */
function stopped(task: Task): Outcome {
  const outputs: Record<string, LabelledValue> = {};
  for (const [port, value] of task.texts ?? []) outputs[port] = { value, label: task.labelOf(port) };
  return { type: 'done', outputs, finish: 'stopped' };
}

/** What a node returned, once it is checked: at once where it is small. */
function finish(runner: Runner, task: Task, returned: unknown): Outcome | Promise<Outcome> {
  if (task.isStopped) return stopped(task);
  try {
    const outputs = collect(task, returned);
    const done: Outcome = { type: 'done', outputs };
    const rest = checkOutputs(task.path, outputs);
    return rest === undefined
      ? done
      : inTurns(runner, rest).then(
          () => (task.isStopped ? stopped(task) : done),
          (error: unknown) => failure(task, error),
        );
  } catch (error) {
    return failed(error);
  }
}

/** Sorts what a node returned into its ports. A port that yielded has the concatenation as its value (S1). */
function collect(task: Task, returned: unknown): Outputs {
  const { node, texts } = task;
  const values = isRecord(returned)
    ? returned
    : returned === undefined && node.definition.role === 'sink'
      ? {}
      : invalid(node, 'must return an object with its outputs');
  const outputs: Record<string, LabelledValue> = {};
  let taken = 0;
  for (const { name } of node.outputs) {
    const given = values[name];
    if (given === undefined) {
      if (texts?.has(name) === true)
        invalid(node, `yielded text for '${name}' and left that output out: return it too`);
      continue;
    }
    taken += 1;
    outputs[name] = { value: texts?.get(name) ?? given, label: task.labelOf(name) };
  }
  if (node.errorOutput >= 0 && outputs[errorPortName] !== undefined)
    invalid(node, `must not return '${errorPortName}': throw a HeddleError instead`);
  let given = 0;
  for (const name in values) if (values[name] !== undefined) given += 1;
  if (given !== taken && node.definition.role !== 'sink') {
    const unknown = Object.keys(values).filter((name) => values[name] !== undefined && outputs[name] === undefined);
    invalid(node, `returned ${unknown.map((name) => `'${name}'`).join(', ')}, which its outputs do not have`);
  }
  return outputs;
}

function invalid(node: PlanNode, what: string): never {
  throw new HeddleError('node_output_invalid', `'${node.id}' (${node.definition.type}) ${what}.`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return isRecord(value) && typeof value['then'] === 'function';
}

function isGenerator<T, R>(value: unknown): value is AsyncGenerator<T, R, void> {
  return isRecord(value) && Symbol.asyncIterator in value && typeof value['next'] === 'function';
}

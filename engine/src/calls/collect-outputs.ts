import { HeddleError, errorPortName, type Delta, type LabelledValue, type PlanNode } from '@heddle/core';
import type { Task } from '../run/run-tree.js';
import type { Outputs } from '../scheduler/scheduler-types.js';

/**
 * Assigns what a node returned to its ports. A port that yielded deltas has their concatenation as its value. Errors:
 * `node_output_invalid`.
 */
export function collectOutputs(task: Task, returned: unknown): Outputs {
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

/** The port of a delta. A node with one output port may leave the port out. Errors: `node_output_invalid`. */
export function portOfDelta(node: PlanNode, delta: Delta): string {
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

import { defaultLabel, publicLabel, type Label, type PlanInput, type PlanNode } from '@heddle/core';
import { carriedEdge, convertAlong } from '../frames/frame-values.js';
import { elementAt } from '../paths.js';
import type { Task } from '../run/run-tree.js';
import { EdgeState } from '../scheduler/scheduler-types.js';
import { singleStream } from '../streams/streams.js';

type Inputs = Record<string, unknown>;

/** Collects the inputs of a node by index, converts each value to the type of its input, and joins the labels. */
export function gatherInputs(task: Task): Inputs {
  const { node } = task;
  const inputs: Inputs = {};
  task.resetLabel(startLabel(node));
  if (node.definition.role === 'source') {
    gatherRunInputs(task, inputs);
    return inputs;
  }
  for (const input of node.inputs) {
    const value =
      input.port.mode === 'one'
        ? gatherOne(task, input)
        : input.port.mode === 'many'
          ? gatherMany(task, input)
          : gatherStream(task, input);
    if (value !== undefined) inputs[input.name] = value;
  }
  return inputs;
}

/** The label before any input is joined: a node without inputs that declares no label is internal. */
function startLabel(node: PlanNode): Label {
  if (node.label !== undefined) return node.label;
  for (const input of node.inputs) if (input.edges.length > 0 || input.loopEdge >= 0) return publicLabel;
  return node.definition.role === 'source' ? publicLabel : defaultLabel;
}

function gatherRunInputs(task: Task, inputs: Inputs): void {
  let hasAny = false;
  for (const output of task.node.outputs) {
    const given = Object.hasOwn(task.frame.inputs, output.name) ? task.frame.inputs[output.name] : undefined;
    if (given === undefined) continue;
    hasAny = true;
    task.raise(given.label);
    inputs[output.name] = given.value;
  }
  if (!hasAny && task.node.label === undefined) task.raise(defaultLabel);
}

function gatherOne(task: Task, input: PlanInput): unknown {
  const edge = carriedEdge(task.frame, task.node, input);
  return edge < 0 ? undefined : take(task, input, edge);
}

function gatherMany(task: Task, input: PlanInput): unknown[] | undefined {
  const { scheduler } = task.frame;
  const values: unknown[] = [];
  for (const edge of input.edges) {
    if (scheduler.stateOfEdge(edge) === EdgeState.Carried && scheduler.isUsed(task.node.index, edge))
      values.push(take(task, input, edge));
  }
  const loop = input.loopEdge;
  if (loop >= 0 && scheduler.stateOfEdge(loop) === EdgeState.Carried && scheduler.isUsed(task.node.index, loop))
    values.push(take(task, input, loop));
  return values.length === 0 ? undefined : values;
}

function gatherStream(task: Task, input: PlanInput): AsyncIterable<unknown> | undefined {
  const { frame } = task;
  const [edge] = input.edges;
  if (edge !== undefined && frame.scheduler.stateOfEdge(edge) === EdgeState.Streaming) {
    const { from, fromOutput } = elementAt(frame.plan.edges, edge);
    const buffer = frame.bufferOf(from, fromOutput);
    if (buffer !== undefined)
      return buffer.read(
        () => task.signal,
        (label) => task.read(label),
      );
  }
  const carried = carriedEdge(frame, task.node, input);
  return carried < 0 ? undefined : singleStream(take(task, input, carried));
}

function take(task: Task, input: PlanInput, edge: number): unknown {
  const labelled = task.frame.scheduler.valueOf(edge);
  if (labelled === undefined) return undefined;
  task.raise(labelled.label);
  return convertAlong(task.frame, input, edge, labelled);
}

/** Joins the final labels of streams that the node read while they were being written. */
export function joinStreamLabels(task: Task): void {
  for (const input of task.node.inputs) {
    if (input.port.mode !== 'stream') continue;
    const edge = carriedEdge(task.frame, task.node, input);
    const labelled = edge < 0 ? undefined : task.frame.scheduler.valueOf(edge);
    if (labelled !== undefined) task.raise(labelled.label);
  }
}

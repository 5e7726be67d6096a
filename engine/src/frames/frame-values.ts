import {
  convertValue,
  errorPortName,
  joinLabels,
  passThrough,
  type LabelledValue,
  type PlanInput,
  type PlanNode,
  type PortTypeName,
} from '@heddle/core';
import { elementAt } from '../paths.js';
import type { Frame } from '../run/run-tree.js';
import { EdgeState, NodeState, type Outputs } from '../scheduler/scheduler-types.js';

/**
 * The edge that an input takes its value from: the loop edge if it carries a value, else the first entry edge that does; -1 if none does.
 */
export function carriedEdge(frame: Frame, node: PlanNode, input: PlanInput): number {
  const { scheduler } = frame;
  const isTaken = (edge: number): boolean =>
    scheduler.stateOfEdge(edge) === EdgeState.Carried && scheduler.isUsed(node.index, edge);
  if (input.loopEdge >= 0 && isTaken(input.loopEdge)) return input.loopEdge;
  for (const edge of input.edges) if (isTaken(edge)) return edge;
  return -1;
}

/** Converts a value to the type of the input. */
export function convertAlong(frame: Frame, input: PlanInput, edge: number, labelled: LabelledValue): unknown {
  return convertValue(labelled.value, typeOfEdge(frame, edge), input.port.type);
}

function typeOfEdge(frame: Frame, edge: number): PortTypeName {
  const { from, fromOutput } = elementAt(frame.plan.edges, edge);
  return elementAt(elementAt(frame.plan.nodes, from).outputs, fromOutput).port.type;
}

/** The outputs of a frame: the values that its sinks received, by the names of their inputs. */
export function frameOutputs(frame: Frame): Outputs {
  const outputs: Record<string, LabelledValue> = {};
  for (const sink of frame.plan.sinks) {
    const node = frame.nodeAt(sink);
    if (frame.scheduler.stateOf(sink) !== NodeState.Done) continue;
    for (const input of node.inputs) {
      const edge = carriedEdge(frame, node, input);
      const labelled = edge < 0 ? undefined : frame.scheduler.valueOf(edge);
      if (labelled === undefined) continue;
      outputs[input.name] = { value: convertAlong(frame, input, edge, labelled), label: labelAt(node, labelled) };
    }
  }
  return outputs;
}

/** The outputs of a disabled node: each output passes on the first input value that fits its type. */
export function bypassOutputs(frame: Frame, node: PlanNode): Outputs {
  const outputs: Record<string, LabelledValue> = {};
  for (const output of node.outputs) {
    if (output.name === errorPortName) continue;
    for (const input of node.inputs) {
      const edge = carriedEdge(frame, node, input);
      const labelled = edge < 0 ? undefined : frame.scheduler.valueOf(edge);
      if (labelled === undefined) continue;
      const value = passThrough(labelled.value, typeOfEdge(frame, edge), input.port.type, output.port.type);
      if (value === undefined) continue;
      outputs[output.name] = { value, label: labelAt(node, labelled) };
      break;
    }
  }
  return outputs;
}

function labelAt(node: PlanNode, { label }: LabelledValue): LabelledValue['label'] {
  return node.label === undefined ? label : joinLabels(label, node.label);
}

import type { HeddleError, PlanNode } from '@heddle/core';
import { elementAt } from '../paths.js';
import type { Frame, Task } from '../run/run-tree.js';
import { EdgeState, NodeState } from '../scheduler/scheduler-types.js';

/** Whether an output of a node has an edge into a stream input. */
export function hasStreamEdge(frame: Frame, node: PlanNode, output: number): boolean {
  for (const edge of node.outputs[output]?.edges ?? []) if (elementAt(frame.plan.edges, edge).isStream) return true;
  return false;
}

/** Whether the execution reads a stream whose producer has not settled. */
export function hasOpenProducer(task: Task): boolean {
  if (!task.node.hasStreamInput) return false;
  for (const { edges } of task.node.inputs) {
    for (const edge of edges) if (task.frame.scheduler.stateOfEdge(edge) === EdgeState.Streaming) return true;
  }
  return false;
}

/** Ends the streams of a producer whose function has succeeded. */
export function endBuffers(task: Task): void {
  if (task.frame.openBuffers === 0) return;
  for (let output = 0; output < task.node.outputs.length; output += 1)
    task.frame.bufferOf(task.node.index, output)?.end();
}

/** Makes the readers of a node's streams fail with the error. */
export function breakBuffers(frame: Frame, node: PlanNode, error: HeddleError): void {
  if (frame.openBuffers === 0) return;
  for (let output = 0; output < node.outputs.length; output += 1) {
    frame.bufferOf(node.index, output)?.break(error);
    frame.setBuffer(node.index, output, undefined);
  }
}

/** Drops buffers whose consumers have all settled. */
export function dropReadBuffers(frame: Frame, consumer: PlanNode): void {
  if (frame.openBuffers === 0) return;
  for (const { edges } of consumer.inputs) {
    for (const index of edges) {
      const { from, fromOutput, isStream } = elementAt(frame.plan.edges, index);
      if (!isStream || frame.bufferOf(from, fromOutput) === undefined) continue;
      const readers = elementAt(elementAt(frame.plan.nodes, from).outputs, fromOutput).edges;
      if (readers.every((edge) => frame.scheduler.stateOf(elementAt(frame.plan.edges, edge).to) >= NodeState.Done))
        frame.setBuffer(from, fromOutput, undefined);
    }
  }
}

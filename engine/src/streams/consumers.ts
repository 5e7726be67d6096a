import { HeddleError, type PlanNode } from '@heddle/core';
import type { Lifecycle } from '../run/lifecycle.js';
import type { Outcome } from '../run/outcome.js';
import { elementAt } from '../paths.js';
import type { Frame, Task } from '../run/run-tree.js';
import { EdgeState, NodeState } from '../scheduler/scheduler-types.js';
import { breakBuffers, hasOpenProducer } from './stream-buffers.js';
import { TaskEvent, TaskState } from '../tasks/task-state.js';

interface CallAborting {
  abortCall(task: Task, error: HeddleError): void;
}

/** After a producer has settled: commits consumers that ended before it, and releases their waiting effects. */
export function releaseConsumers(
  run: { commitOutcome(task: Task, outcome: Outcome): void },
  frame: Frame,
  node: PlanNode,
): void {
  for (const { edges } of node.outputs) {
    for (const index of edges) {
      const edge = elementAt(frame.plan.edges, index);
      const consumer = edge.isStream ? frame.tasks[edge.to] : undefined;
      if (consumer === undefined) continue;
      consumer.openGate();
      if (consumer.state === TaskState.Held && consumer.outcome !== undefined && !hasOpenProducer(consumer))
        run.commitOutcome(consumer, consumer.outcome);
    }
  }
}

/** Stops the consumers of a producer that will run again; they begin again with its next first delta. */
export function restartConsumers(run: CallAborting & Lifecycle, task: Task): void {
  const { frame, node } = task;
  const error = new HeddleError(
    'aborted',
    `'${task.path}' is tried again, and so is everything that reads its stream.`,
  );
  breakBuffers(frame, node, error);
  for (const index of frame.scheduler.restartStreams(node.index)) {
    const consumer = frame.tasks[index];
    if (consumer === undefined) continue;
    breakBuffers(frame, consumer.node, error);
    consumer.giveUpPosition();
    if (!run.advance(consumer, TaskEvent.Restart)) continue;
    consumer.keepOutcome(undefined);
    if (consumer.hasCall) run.abortCall(consumer, error);
  }
}

/** Stops producers whose consumers have all ended early and that feed nothing else. Their result is the text so far. */
export function stopUnneededProducers(run: CallAborting, consumer: Task): void {
  const { frame } = consumer;
  for (const { edges } of consumer.node.inputs) {
    for (const index of edges) {
      if (frame.scheduler.stateOfEdge(index) !== EdgeState.Streaming) continue;
      const producer = frame.tasks[elementAt(frame.plan.edges, index).from];
      if (producer?.hasCall !== true || producer.isStopped || !isUnneeded(frame, producer.node)) continue;
      producer.noteStopped();
      run.abortCall(producer, new HeddleError('aborted', `Nobody reads what '${producer.path}' writes any more.`));
    }
  }
}

function isUnneeded(frame: Frame, node: PlanNode): boolean {
  for (const { edges } of node.outputs) {
    for (const index of edges) {
      const edge = elementAt(frame.plan.edges, index);
      if (!edge.isStream) return false;
      const consumer = frame.tasks[edge.to];
      const hasEnded =
        consumer === undefined
          ? frame.scheduler.stateOf(edge.to) >= NodeState.Done
          : consumer.state === TaskState.Held || consumer.state === TaskState.Committing;
      if (!hasEnded) return false;
    }
  }
  return true;
}

import { HeddleError, valueBounds, type Label, type PlanNode } from '@heddle/core';
import { abortCall, leaveSlots } from '../deadlines.js';
import type { Frame } from '../frame.js';
import { commitOutcome } from '../execution.js';
import { elementAt } from '../paths.js';
import type { Runner } from '../runner.js';
import { EdgeState, NodeState } from '../scheduler/scheduler-types.js';
import { StreamBuffer } from './streams.js';
import type { Task } from '../task.js';

/** Takes a delta in: to watchers at once, to the journal without a promise, to stream consumers (S1, S2). */
export function takeDelta(runner: Runner, task: Task, port: string, delta: string): void {
  task.aliveAt = runner.now();
  task.texts ??= new Map();
  const known = task.texts.get(port) ?? '';
  if (known.length + delta.length > valueBounds.characters)
    throw new HeddleError(
      'value_too_complex',
      `'${task.path}' writes more than ${valueBounds.characters} characters to '${port}': let it write less.`,
    );
  task.texts.set(port, known + delta);
  const event = {
    type: 'node-delta',
    runId: runner.runId,
    time: task.aliveAt,
    path: task.path,
    attempt: task.attempt,
    port,
    offset: known.length,
    delta,
    label: task.labelOf(port),
  } as const;
  if (delta !== '') {
    runner.host.journal.saveDeltas(runner.runId, [event]);
    runner.outbox.live(event);
  }
  const output = task.node.outputs.findIndex(({ name }) => name === port);
  if (hasStreamEdge(task.frame, task.node, output)) feed(runner, task, output, delta, event.label);
}

function feed(runner: Runner, task: Task, output: number, delta: string, label: Label): void {
  const { frame, node } = task;
  let buffer = frame.bufferOf(node.index, output);
  if (buffer === undefined) {
    buffer = new StreamBuffer();
    frame.setBuffer(node.index, output, buffer);
    const { call } = task;
    runner.post({
      type: 'command',
      run: () => {
        if (task.call === call && frame.stop === undefined && frame.scheduler.stateOf(node.index) === NodeState.Ready)
          frame.scheduler.beginStream(node.index, output);
      },
    });
  }
  buffer.push(delta, label);
}

function hasStreamEdge(frame: Frame, node: PlanNode, output: number): boolean {
  for (const edge of node.outputs[output]?.edges ?? []) if (elementAt(frame.plan.edges, edge).isStream) return true;
  return false;
}

/** The producer's function ended well: readers come to the end of what it wrote. */
export function endBuffers(task: Task): void {
  if (task.frame.openBuffers === 0) return;
  for (let output = 0; output < task.node.outputs.length; output += 1)
    task.frame.bufferOf(task.node.index, output)?.end();
}

/** Whether a producer of a stream that the execution reads has not settled. */
export function hasOpenProducer(task: Task): boolean {
  if (!task.node.hasStreamInput) return false;
  for (const { edges } of task.node.inputs) {
    for (const edge of edges) if (task.frame.scheduler.stateOfEdge(edge) === EdgeState.Streaming) return true;
  }
  return false;
}

/** A producer settled: consumers that ended before it are committed, and effects that waited go on (S3). */
export function releaseConsumers(runner: Runner, frame: Frame, node: PlanNode): void {
  for (const { edges } of node.outputs) {
    for (const index of edges) {
      const edge = elementAt(frame.plan.edges, index);
      const consumer = edge.isStream ? frame.tasks[edge.to] : undefined;
      if (consumer === undefined) continue;
      consumer.openGate();
      if (consumer.state === 'held' && consumer.outcome !== undefined && !hasOpenProducer(consumer))
        commitOutcome(runner, consumer, consumer.outcome);
    }
  }
}

/** The producer will be tried again: its consumers stop and begin again with its next first delta (S4). */
export function restartConsumers(runner: Runner, task: Task): void {
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
    if (consumer.state === 'parked') frame.parked -= 1;
    else runner.countActive(frame, -1);
    consumer.giveUpPlace?.();
    if (consumer.isLive) consumer.cancelTimers();
    else leaveSlots(runner, consumer);
    consumer.state = 'idle';
    consumer.outcome = undefined;
    consumer.startsWhenGone = false;
    if (consumer.isLive) abortCall(runner, consumer, error);
  }
}

/** Readers of what a node wrote stop here. */
export function breakBuffers(frame: Frame, node: PlanNode, error: HeddleError): void {
  if (frame.openBuffers === 0) return;
  for (let output = 0; output < node.outputs.length; output += 1) {
    frame.bufferOf(node.index, output)?.break(error);
    frame.setBuffer(node.index, output, undefined);
  }
}

/** Every consumer of a producer ended early and it feeds nothing else: it is stopped with the text so far (S5). */
export function stopUnneededProducers(runner: Runner, consumer: Task): void {
  const { frame } = consumer;
  for (const { edges } of consumer.node.inputs) {
    for (const index of edges) {
      if (frame.scheduler.stateOfEdge(index) !== EdgeState.Streaming) continue;
      const producer = frame.tasks[elementAt(frame.plan.edges, index).from];
      if (producer?.isLive !== true || producer.isStopped || !isUnneeded(frame, producer.node)) continue;
      producer.isStopped = true;
      abortCall(runner, producer, new HeddleError('aborted', `Nobody reads what '${producer.path}' writes any more.`));
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
          : consumer.state === 'held' || consumer.state === 'committing';
      if (!hasEnded) return false;
    }
  }
  return true;
}

/** Buffers whose consumers have all settled are let go (S2). */
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

import { HeddleError, valueBounds, type Label } from '@heddle/core';
import type { EngineHost } from '../host.js';
import type { Mailbox } from '../run/mailbox.js';
import type { Outbox } from '../run/outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';
import { NodeState } from '../scheduler/scheduler-types.js';
import { hasStreamEdge } from './stream-buffers.js';
import { StreamBuffer } from './streams.js';

interface DeltaHandling {
  readonly host: Pick<EngineHost, 'journal'>;
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly mailbox: Mailbox;
  readonly memory: { readonly replay: unknown };
}

/** Passes a delta on: to watchers at once, to the journal without waiting, and to stream consumers. */
export function handleDelta(run: DeltaHandling, task: Task, port: string, delta: string): void {
  const time = run.clock.now();
  task.noteAlive(time);
  const known = task.texts?.get(port) ?? '';
  if (known.length + delta.length > valueBounds.characters)
    throw new HeddleError(
      'value_too_complex',
      `'${task.path}' writes more than ${valueBounds.characters} characters to '${port}': make it write less.`,
    );
  task.setText(port, known + delta);
  const event = {
    type: 'node-delta',
    runId: run.outbox.runId,
    time,
    path: task.path,
    attempt: task.attempt,
    port,
    offset: known.length,
    delta,
    label: task.labelOf(port),
  } as const;
  if (delta !== '') {
    run.host.journal.saveDeltas(run.outbox.runId, [event]);
    run.outbox.live(event);
  }
  // A replay compares the inputs of a node before it starts, so consumers get whole values.
  if (run.memory.replay !== undefined) return;
  const output = task.node.outputs.findIndex(({ name }) => name === port);
  if (hasStreamEdge(task.frame, task.node, output)) feed(run.mailbox, task, output, delta, event.label);
}

function feed(mailbox: Mailbox, task: Task, output: number, delta: string, label: Label): void {
  const { frame, node } = task;
  let buffer = frame.bufferOf(node.index, output);
  if (buffer === undefined) {
    buffer = new StreamBuffer();
    frame.setBuffer(node.index, output, buffer);
    const { call } = task;
    mailbox.command(() => {
      if (task.call === call && frame.stop === undefined && frame.scheduler.stateOf(node.index) === NodeState.Ready)
        frame.scheduler.beginStream(node.index, output);
    });
  }
  buffer.push(delta, label);
}

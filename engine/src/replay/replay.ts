import {
  HeddleError,
  isPlainObject,
  locationOfPath,
  replayQuestionKey,
  type LabelledValue,
  type ReplayDecision,
  type ReplayMode,
} from '@heddle/core';
import type { Outbox } from '../run/outbox.js';
import type { Task } from '../run/run-tree.js';
import type { Outputs } from '../scheduler/scheduler-types.js';
import type { HumanInputs } from '../suspension/human-inputs.js';
import type { RunClock } from '../timing/run-clock.js';
import type { RecordedRun } from './recorded-run.js';

/** A run that repeats a recorded run without effects. */
export interface Replay {
  readonly mode: ReplayMode;
  readonly recorded: RecordedRun;
}

/** The parts of a run that records about a replay are written with. */
export interface ReplayWriting {
  readonly clock: RunClock;
  readonly outbox: Outbox;
}

/** The parts of a run that end a node at an effect. */
export interface ReplayRunning extends ReplayWriting {
  readonly requests: HumanInputs;
}

/** An effect that a node is about to have. */
export interface PlannedEffect {
  /** The resource and method, such as `fetch.fetch`; `people` for a question. */
  readonly call: string;
  /** What the effect addresses, as text for people. */
  readonly target: string;
  readonly hash: string | undefined;
}

const sentences = {
  served: (target: string, runId: string) => `Served from run ${runId}: ${target}`,
  stubbed: (target: string) => `Stubbed, as it was never recorded: ${target}`,
  'held-back': (target: string) => `Held back: ${target}`,
  'would-call': (target: string) => `Would call ${target}`,
} as const;

/** Records how a replay handles an effect. */
export function writeReplayDecision(
  run: ReplayWriting,
  { recorded }: Replay,
  task: Task,
  details: ReplayDecision,
): void {
  run.outbox.add({
    type: 'node-decision',
    time: run.clock.now(),
    path: task.path,
    attempt: Math.max(1, task.attempt),
    kind: 'replay',
    summary: sentences[details.outcome](details.target, recorded.runId),
    details,
  });
}

/**
 * Ends the node at an effect that was never recorded: with a stub, with a question to a person, or with the end of the run. Always throws;
 * if the node catches the error, what it does afterwards does not count.
 */
export function endAtEffect(run: ReplayRunning, replay: Replay, task: Task, effect: PlannedEffect): never {
  const { stubs, unrecorded } = replay.mode;
  const stub = stubs[locationOfPath(task.path)] ?? stubs[task.node.id];
  const { call, target, hash } = effect;
  if (stub !== undefined) {
    writeReplayDecision(run, replay, task, { outcome: 'stubbed', call, target, hash });
    task.giveStub(labelled(task, stub));
    const error = new HeddleError('aborted', `'${task.path}' has the outputs of its stub.`);
    task.abort(error);
    throw error;
  }
  if (unrecorded === 'ask') {
    const answer = run.requests.open(task, replayQuestionKey, questionOf(task, effect));
    if (answer.type === 'answered' && isPlainObject(answer.value)) task.giveStub(labelled(task, answer.value));
  }
  writeReplayDecision(run, replay, task, { outcome: 'would-call', call, target, hash });
  const error = new HeddleError(
    'replay_would_call',
    `'${task.path}' would call ${target}, which ${whereNot(replay)}.`,
    { details: { node: task.node.id, call, target, hash: hash ?? null } },
  );
  task.decide(error);
  task.abort(error);
  throw error;
}

/** Says where the effect is missing and what to do about it. */
function whereNot({ mode, recorded }: Replay): string {
  return mode.of === undefined
    ? 'has no recorded result here: a test has no effects, so record one (heddle test --record)'
    : `run ${recorded.runId} never did: give a stub for the node, or look at the change`;
}

function questionOf(task: Task, { call, target, hash }: PlannedEffect) {
  return {
    title: `What does '${task.node.title}' return?`,
    body: `The replay would call ${target}, which was never recorded. Nothing is sent. Enter the outputs of the node: one member for each output.`,
    schema: { type: 'object' },
    details: { call, hash: hash ?? null, outputs: task.node.outputs.map(({ name }) => name) },
  } as const;
}

/** Turns values into outputs of a node, with the label of everything that the node has read. */
export function labelled(task: Task, values: Readonly<Record<string, unknown>>): Outputs {
  const outputs: Record<string, LabelledValue> = {};
  for (const { name } of task.node.outputs)
    if (values[name] !== undefined) outputs[name] = { value: values[name], label: task.labelOf(name) };
  return outputs;
}

import type { NodeStatus } from '@heddle/core';
import { formatDuration } from '../format/format-duration.js';
import type { ExecutionView } from './run-view.js';

/** A node's state as people see it; finer than its status (look: States). */
export type SeenState = NodeStatus | 'held' | 'waiting-slot' | 'waiting-person' | 'paused' | 'silent';

/** Without any sign of life, not even a beat. */
const lostAfterMs = 10_000;
/** Alive, but without a word, progress or a line in the log. */
const silentAfterMs = 30_000;

/** What a node is doing at a moment of the client's clock. */
export function seenState(
  execution: Pick<ExecutionView, 'status' | 'waiting' | 'askId' | 'aliveAt' | 'spokeAt' | 'startedAt'> | undefined,
  now: number,
): SeenState {
  if (execution === undefined) return 'idle';
  if (execution.waiting !== undefined) return 'waiting-slot';
  if (execution.status === 'parked' && execution.askId !== undefined)
    return execution.startedAt === undefined ? 'paused' : 'waiting-person';
  const isWorking = execution.status === 'running' || execution.status === 'streaming';
  if (isWorking && isSilent(execution, now)) return 'silent';
  return execution.status;
}

function isSilent({ aliveAt, spokeAt }: Pick<ExecutionView, 'aliveAt' | 'spokeAt'>, now: number): boolean {
  const isLost = aliveAt !== undefined && now - aliveAt > lostAfterMs;
  return isLost || (spokeAt !== undefined && now - spokeAt > silentAfterMs);
}

/** What a silent node's time leaves open: whether it still gives signs of life. */
export function silenceOf(execution: Pick<ExecutionView, 'aliveAt'> | undefined, now: number): string {
  const { aliveAt } = execution ?? {};
  if (aliveAt === undefined) return '';
  return now - aliveAt > lostAfterMs
    ? `No sign of life for ${formatDuration(now - aliveAt)}.`
    : `It is alive and works: its last sign came ${formatDuration(Math.max(0, now - aliveAt))} ago.`;
}

const words: Readonly<Record<SeenState, string>> = {
  idle: '',
  queued: 'Queued',
  'waiting-slot': 'Waiting for a model slot',
  running: 'Running',
  streaming: 'Writing',
  retrying: 'Retrying',
  parked: 'Waiting',
  'waiting-person': 'Waiting for a person',
  paused: 'Paused before it',
  silent: 'Silent',
  held: 'Held',
  done: 'Done',
  failed: 'Failed',
  skipped: 'Skipped',
  cancelled: 'Stopped',
  cached: 'Reused',
};

/** The word of a state. */
export function wordOf(state: SeenState): string {
  return words[state];
}

/** The time that belongs to a state: how long it took, takes, or how long until the next try. */
export function timeOf(execution: ExecutionView | undefined, state: SeenState, now: number): string {
  if (execution === undefined) return '';
  switch (state) {
    case 'retrying':
    case 'parked':
      return execution.dueAt === undefined ? '' : `in ${formatDuration(Math.max(0, execution.dueAt - now))}`;
    case 'waiting-slot':
      return execution.waiting === undefined ? '' : `no. ${execution.waiting.position}`;
    case 'silent':
      return `for ${formatDuration(now - (execution.spokeAt ?? execution.aliveAt ?? now))}`;
    case 'running':
    case 'streaming':
      return execution.startedAt === undefined ? '' : formatDuration(Math.max(0, now - execution.startedAt));
    case 'done':
    case 'failed':
    case 'cancelled':
      return execution.startedAt === undefined || execution.endedAt === undefined
        ? ''
        : formatDuration(execution.endedAt - execution.startedAt);
    default:
      return '';
  }
}

/** Whether the state's time moves by itself. */
export function isMoving(state: SeenState): boolean {
  return (
    state === 'running' ||
    state === 'streaming' ||
    state === 'retrying' ||
    state === 'silent' ||
    state === 'waiting-slot'
  );
}

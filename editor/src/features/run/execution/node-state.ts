import type { NodeStatus } from '@heddle/core';
import { formatDuration } from '../../../ui/format/format-duration.js';
import type { ExecutionView } from '../fold/run-view.js';
import { runText } from '../run-text.js';

/** The state of a node as the user sees it. It is more detailed than the status of its execution. */
export type SeenState = NodeStatus | 'paused' | 'waiting-slot' | 'waiting-person' | 'breakpoint' | 'silent';

/** After this time without any sign, even a heartbeat, a node counts as lost. */
const lostAfterMs = 10_000;
/** After this time without output, progress or log messages, a node counts as silent, although its heartbeats arrive. */
const silentAfterMs = 30_000;

/** The state of a node at a given time of the run's clock. */
export function seenState(
  execution: Pick<ExecutionView, 'status' | 'waiting' | 'requestId' | 'aliveAt' | 'spokeAt' | 'startedAt'> | undefined,
  now: number,
): SeenState {
  if (execution === undefined) return 'idle';
  if (execution.waiting !== undefined) return 'waiting-slot';
  if (execution.status === 'suspended' && execution.requestId !== undefined)
    return execution.startedAt === undefined ? 'breakpoint' : 'waiting-person';
  const isWorking = execution.status === 'running' || execution.status === 'streaming';
  if (isWorking && isSilent(execution, now)) return 'silent';
  return execution.status;
}

function isSilent({ aliveAt, spokeAt }: Pick<ExecutionView, 'aliveAt' | 'spokeAt'>, now: number): boolean {
  const isLost = aliveAt !== undefined && now - aliveAt > lostAfterMs;
  return isLost || (spokeAt !== undefined && now - spokeAt > silentAfterMs);
}

/** Says when the last sign of a silent node arrived. */
export function silenceOf(execution: Pick<ExecutionView, 'aliveAt'> | undefined, now: number): string {
  const { aliveAt } = execution ?? {};
  if (aliveAt === undefined) return '';
  return now - aliveAt > lostAfterMs
    ? `No sign of life for ${formatDuration(now - aliveAt)}.`
    : `Still running: its last heartbeat was ${formatDuration(Math.max(0, now - aliveAt))} ago.`;
}

/** The display names of node states. States that are also statuses of runs have the names of those. */
const labels: Readonly<Record<SeenState, string>> = {
  ...runText,
  idle: '',
  'waiting-slot': 'Waiting for a model slot',
  streaming: 'Writing',
  retrying: 'Retrying',
  'waiting-person': 'Waiting for a person',
  breakpoint: 'At a breakpoint',
  silent: 'Silent',
  skipped: 'Skipped',
  cached: 'Reused',
};

export function nodeStateText(state: SeenState): string {
  return labels[state];
}

/** The time to show with a state: its duration, the time until the next attempt, or the position in the queue. */
export function timeOf(execution: ExecutionView | undefined, state: SeenState, now: number): string {
  if (execution === undefined) return '';
  switch (state) {
    case 'retrying':
    case 'suspended':
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

/** Whether the shown time changes while the state stays the same. */
export function isMoving(state: SeenState): boolean {
  return (
    state === 'running' ||
    state === 'streaming' ||
    state === 'retrying' ||
    state === 'silent' ||
    state === 'waiting-slot'
  );
}

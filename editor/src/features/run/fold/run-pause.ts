import type { ExecutionState, PauseCause, StreamEvent } from '@heddle/core';

/** Why and since when a run is paused. */
export interface RunPause {
  readonly cause: PauseCause | undefined;
  readonly reason: string;
  readonly time: number;
}

/** Whether a run is paused after an event: until it is released or ends. */
export function pauseAfter(pause: RunPause | undefined, event: StreamEvent): RunPause | undefined {
  switch (event.type) {
    case 'run-pause':
      return { cause: event.cause, reason: event.reason, time: event.time };
    case 'run-queue':
    case 'run-start':
    case 'run-suspend':
    case 'run-resume':
    case 'run-end':
      return undefined;
    default:
      return pause;
  }
}

/** The changes of an execution while its run is paused: active work stands still. A request stays open. */
export function pausedAt(
  { time }: RunPause,
  { status }: Pick<ExecutionState, 'status'>,
): { readonly status: 'paused'; readonly endedAt: number; readonly waiting: undefined } | undefined {
  switch (status) {
    case 'queued':
    case 'running':
    case 'streaming':
    case 'retrying':
      return { status: 'paused', endedAt: time, waiting: undefined };
    default:
      return undefined;
  }
}

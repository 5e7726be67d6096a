import type { ExecutionState, PauseCause, StreamEvent } from '@heddle/core';

/** Since when and why a run is paused. */
export interface RunPause {
  readonly cause: PauseCause | undefined;
  readonly reason: string;
  readonly time: number;
}

/** The pause of a run after an event. A pause lasts until the run is released or ends. */
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

/** How a paused run changes the view of an execution: active work stands still, while human input requests stay open. */
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

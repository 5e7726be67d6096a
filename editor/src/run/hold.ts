import type { ExecutionState, StreamEvent } from '@heddle/core';

/** That a whole run is held, such as by an emergency stop. */
export interface Hold {
  readonly reason: string;
  readonly time: number;
}

/** Whether a run is held after an event: until it goes on or ends. */
export function holdAfter(hold: Hold | undefined, event: StreamEvent): Hold | undefined {
  switch (event.type) {
    case 'run-held':
      return { reason: event.reason, time: event.time };
    case 'run-queue':
    case 'run-start':
    case 'run-park':
    case 'run-resume':
    case 'run-end':
      return undefined;
    default:
      return hold;
  }
}

/** What of an execution is different while its run is held: what was under way stands still since. What waits for a person still does. */
export function heldAt(
  { time }: Hold,
  { status }: Pick<ExecutionState, 'status'>,
): { readonly status: 'held'; readonly endedAt: number; readonly waiting: undefined } | undefined {
  switch (status) {
    case 'queued':
    case 'running':
    case 'streaming':
    case 'retrying':
      return { status: 'held', endedAt: time, waiting: undefined };
    default:
      return undefined;
  }
}

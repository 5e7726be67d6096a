import type { ExecutionState, StreamEvent } from '@heddle/core';

/** That a whole run is paused, such as by a kill switch. */
export interface Hold {
  readonly reason: string;
  readonly time: number;
}

/** Whether a run is paused after an event: until it is released or ends. */
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

/** The changes of an execution while its run is paused: active work stands still. A request stays open. */
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

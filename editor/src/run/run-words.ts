import type { RunStatus, RunTrigger } from '@heddle/core';
import type { RunHead } from './run-view.js';

/** The word of each run status. */
export const runWords: Readonly<Record<RunStatus, string>> = {
  queued: 'Waiting to start',
  running: 'Running',
  parked: 'Waiting',
  held: 'Held',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Stopped',
};

/** How the reason begins where an emergency stop holds a run: `stop all: fire drill`. */
const stopPattern = /^stop (.+?): (.*)$/s;

/** Why a run stands still, where its word alone leaves that open. `targetWords` says what a stop stops. */
export function standstillWords(
  { status, heldReason }: Pick<RunHead, 'status' | 'heldReason'>,
  targetWords: (target: string) => string,
): string | undefined {
  if (status !== 'held' || heldReason === undefined) return undefined;
  const [, target, reason] = stopPattern.exec(heldReason) ?? [];
  return target === undefined || reason === undefined
    ? heldReason
    : `It goes on after the emergency stop is released. ${targetWords(target)} was stopped: ${reason}`;
}

/** Who or what began a run, in a word. */
export const triggerWords: Readonly<Record<RunTrigger, string>> = {
  editor: 'Editor',
  api: 'API',
  cli: 'Command line',
  test: 'Test',
  published: 'Published',
  schedule: 'Schedule',
  webhook: 'Webhook',
  resume: 'Resumed',
};

import type { RunStatus, RunTrigger } from '@heddle/core';
import type { RunHead } from './run-view.js';

/** The display name of each run status; `node-state.ts` adds those of node states. */
export const runWords: Readonly<Record<RunStatus, string>> = {
  queued: 'Queued',
  running: 'Running',
  parked: 'Suspended',
  held: 'Paused',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** The format of the reason of a run that a kill switch paused: `stop all: fire drill`. */
const stopPattern = /^stop (.+?): (.*)$/s;

/** Why a run waits, where its status alone does not say it. `targetWords` gives the name of a kill switch's target. */
export function standstillWords(
  { status, heldReason }: Pick<RunHead, 'status' | 'heldReason'>,
  targetWords: (target: string) => string,
): string | undefined {
  if (status !== 'held' || heldReason === undefined) return undefined;
  const [, target, reason] = stopPattern.exec(heldReason) ?? [];
  return target === undefined || reason === undefined
    ? heldReason
    : `The run continues when the kill switch is released. ${targetWords(target)} was stopped: ${reason}`;
}

/** Display names of triggers. */
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

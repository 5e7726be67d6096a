import type { RunStatus, RunTrigger } from '@heddle/core';
import type { RunHead } from './fold/run-view.js';

/** The display names of run statuses; `node-state.ts` adds those of node states. */
export const runText: Readonly<Record<RunStatus, string>> = {
  queued: 'Queued',
  running: 'Running',
  suspended: 'Suspended',
  paused: 'Paused',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** Why a run is paused, as far as its status does not say it. `targetText` names the target of a kill switch. */
export function standstillText(
  { pause }: Pick<RunHead, 'pause'>,
  targetText: (target: string) => string,
): string | undefined {
  if (pause?.cause === undefined) return pause?.reason;
  return `The run continues when the kill switch is released. ${targetText(pause.cause.target)} was stopped: ${pause.reason}`;
}

export const triggerText: Readonly<Record<RunTrigger, string>> = {
  editor: 'Editor',
  api: 'API',
  cli: 'Command line',
  test: 'Test',
  published: 'Published',
  schedule: 'Schedule',
  webhook: 'Webhook',
  resume: 'Resumed',
  replay: 'Replay',
};

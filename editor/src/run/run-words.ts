import type { RunStatus, RunTrigger } from '@heddle/core';

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

import type { RunStatus } from '@heddle/core';

/** The word of each run status. */
export const runWords: Readonly<Record<RunStatus, string>> = {
  queued: 'Waiting to start',
  running: 'Running',
  parked: 'Parked',
  held: 'Held',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Stopped',
};

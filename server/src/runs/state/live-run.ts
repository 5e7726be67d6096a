import type { RunLook } from '@heddle/engine';

/** The present state of a run in memory. */
export interface LiveRun {
  readonly runId: string;
  readonly look: RunLook;
}

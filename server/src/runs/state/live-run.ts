import type { RunSnapshot } from '@heddle/engine';

/** The present state of a run in memory. */
export interface LiveRun {
  readonly runId: string;
  readonly snapshot: RunSnapshot;
}

import type { RunLook } from '@heddle/engine';

/** A run in memory as it stands now. */
export interface LiveRun {
  readonly runId: string;
  readonly look: RunLook;
}

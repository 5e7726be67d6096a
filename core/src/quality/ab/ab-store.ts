import type { AbCounts } from './ab-figures.js';
import type { AbTest } from './ab-test.js';

/**
 * Stores tests of live pointers and their figures. Errors: `storage_*`.
 *
 * - A run's test and version are stored in the commit that accepts the run, so later changes of shares do not affect what it counts for.
 * - A run is queued in the commit that ends it, and leaves the queue in the commit that counts it. Even after a crash it is counted exactly
 *   once.
 */
export interface AbStore {
  /** Undefined if the test does not exist. */
  get(id: string): Promise<AbTest | undefined>;
  /** Newest first. */
  list(workflowId: string): Promise<readonly AbTest[]>;
  running(): Promise<readonly AbTest[]>;
  /** Returns tests that are running or that ended at `time` or later. */
  since(time: number): Promise<readonly AbTest[]>;
  counts(id: string): Promise<AbCounts>;
  /** Counts up to `limit` runs, `limit` feedback entries and `limit` scores, and returns the ids of the tests that changed. */
  step(limit: number): Promise<{ readonly changed: readonly string[]; readonly isDone: boolean }>;
}

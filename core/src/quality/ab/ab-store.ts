import type { AbCounts } from './ab-figures.js';
import type { AbTest } from './ab-test.js';

/**
 * Tests of live pointers and what was counted of them. Errors: `storage_*`.
 *
 * - A run takes its test and version along in the commit of its acceptance, so that later shares do not change what it counts for.
 * - A run is put on a queue in the commit of its end, and leaves it in the commit that counts it: a kill at any moment counts it exactly once.
 */
export interface AbStore {
  /** Undefined where there is no such test. */
  get(id: string): Promise<AbTest | undefined>;
  /** Tests of a workflow, newest first. */
  list(workflowId: string): Promise<readonly AbTest[]>;
  /** Tests that go on. */
  running(): Promise<readonly AbTest[]>;
  /** Tests that go on, or that ended at `time` or later. */
  since(time: number): Promise<readonly AbTest[]>;
  counts(id: string): Promise<AbCounts>;
  /** Counts up to `limit` runs, feedback and scores each, and names the tests that changed. */
  step(limit: number): Promise<{ readonly changed: readonly string[]; readonly isDone: boolean }>;
}

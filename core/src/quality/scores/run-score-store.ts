import type { StoredScore } from './run-score.js';

/** Scores of finished runs, one a run, monitor and metric. They go with the values of their run. Errors: `storage_*`. */
export interface RunScoreStore {
  /** Adds scores in one commit; a score of the same run, monitor and metric is replaced. */
  add(scores: readonly Omit<StoredScore, 'number'>[]): void;
  /** Newest first. */
  of(runId: string): readonly StoredScore[];
  /** Scores of a workflow with a number above `after`, in the order of their numbers. */
  since(workflow: string, after: number, limit: number): readonly StoredScore[];
}

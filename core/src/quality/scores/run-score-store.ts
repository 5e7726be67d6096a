import type { NewScore, StoredScore } from './run-score.js';

/** Which scores a series reads. */
export interface ScoreQuery {
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  /** Epoch milliseconds, exclusive. */
  readonly to: number;
  /** Milliseconds of a step. */
  readonly step: number;
  readonly workflows: readonly string[];
  readonly monitor?: string;
}

/** Scores of a step of time, workflow, version and metric, as sums. */
export interface ScoreFigures {
  readonly time: number;
  readonly workflow: string;
  /** 0 for drafts. */
  readonly version: number;
  readonly metric: string;
  /** Scores with a value. */
  readonly scores: number;
  readonly sum: number;
  /** Scores that say whether they passed, and those that passed. */
  readonly sided: number;
  readonly passed: number;
  /** Answers that could not be judged. */
  readonly failed: number;
  readonly cost: number;
}

/** A search for the runs that a metric judged worst in a time. */
export interface WorstQuery extends Omit<ScoreQuery, 'step'> {
  readonly metric: string;
  /** 0 for drafts; missing for all. */
  readonly version?: number | undefined;
  readonly order: 'lowest' | 'highest';
  readonly limit: number;
}

/**
 * Scores of finished runs, one a run, monitor and metric. They go with the values of their run, with the run, and with what it wrote into
 * conversations. Errors: `storage_*`.
 */
export interface RunScoreStore {
  /**
   * Adds scores in one commit; a score of the same run, monitor and metric is replaced and gets a new number. Scores of a run without values
   * are not stored.
   */
  add(scores: readonly NewScore[]): void;
  /** Newest first. */
  of(runId: string): readonly StoredScore[];
  /** Scores of a workflow with a number above `after`, in the order of their numbers. */
  since(workflow: string, after: number, limit: number): readonly StoredScore[];
  /** By the time of judging. */
  series(query: ScoreQuery): readonly ScoreFigures[];
  /** Runs with the worst values, worst first. */
  worst(query: WorstQuery): readonly string[];
}

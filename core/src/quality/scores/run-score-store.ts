import type { GuardedWrite } from '../../ports/database/guarded-write.js';
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
interface WorstQuery extends Omit<ScoreQuery, 'step'> {
  readonly metric: string;
  /** 0 for drafts; missing for all. */
  readonly version?: number | undefined;
  readonly order: 'lowest' | 'highest';
  readonly limit: number;
}

/**
 * Scores of finished runs, one a run, monitor and metric. They go with the values of their run, with the run, and with what it wrote into
 * conversations. Errors: `storage_*`, `database_*`.
 */
export interface RunScoreStore {
  readonly write: ScoreWrites;
  /** Newest first. */
  of(runId: string): Promise<readonly StoredScore[]>;
  /** By the time of judging. */
  series(query: ScoreQuery): Promise<readonly ScoreFigures[]>;
  /** Runs with the worst values, worst first. */
  worst(query: WorstQuery): Promise<readonly string[]>;
}

/** Changes of scores. */
export interface ScoreWrites {
  /**
   * Adds scores; a score of the same run, monitor and metric is replaced and gets a new number. Scores of a run without values are not stored.
   */
  add(scores: readonly NewScore[]): readonly GuardedWrite[];
}

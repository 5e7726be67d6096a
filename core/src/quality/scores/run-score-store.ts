import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { NewScore, StoredScore } from './run-score.js';

/** Selects the scores of a series. */
export interface ScoreQuery {
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  /** Epoch milliseconds, exclusive. */
  readonly to: number;
  /** Length of a step in milliseconds. */
  readonly step: number;
  readonly workflows: readonly string[];
  readonly monitor?: string;
}

/** Sums of the scores with the same time step, workflow, version and metric. */
export interface ScoreFigures {
  readonly time: number;
  readonly workflow: string;
  /** 0 for drafts. */
  readonly version: number;
  readonly metric: string;
  readonly scores: number;
  readonly sum: number;
  /** Number of scores that can pass (`sided`), and of those that passed (`passed`). */
  readonly sided: number;
  readonly passed: number;
  /** Number of answers that could not be judged. */
  readonly failed: number;
  readonly cost: number;
}

/** A query for the runs with the worst values of a metric in a period. */
interface WorstQuery extends Omit<ScoreQuery, 'step'> {
  readonly metric: string;
  /** 0 for drafts; missing for all. */
  readonly version?: number | undefined;
  readonly order: 'lowest' | 'highest';
  readonly limit: number;
}

/**
 * Stores scores of finished runs, one for each run, monitor and metric. A score is removed with the values of its run, with the run itself,
 * or with the conversation messages that the run wrote. Errors: `storage_*`, `database_*`.
 */
export interface RunScoreStore {
  readonly write: ScoreWrites;
  /** Newest first. */
  of(runId: string): Promise<readonly StoredScore[]>;
  /** Groups scores by the time when they were judged. */
  series(query: ScoreQuery): Promise<readonly ScoreFigures[]>;
  /** Returns the runs with the worst values, worst first. */
  worst(query: WorstQuery): Promise<readonly string[]>;
}

/** Writes that change scores. */
export interface ScoreWrites {
  /**
   * Adds scores. A score with the same run, monitor and metric is replaced and gets a new number. Scores of a run without values are not
   * stored.
   */
  add(scores: readonly NewScore[]): readonly GuardedWrite[];
}

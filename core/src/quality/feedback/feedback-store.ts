import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { LabelLevel } from '../../labels/label.js';
import type { FeedbackTotals, OwnFeedback, AnswerVerdict } from './feedback.js';

/** What a person says about a run, with what is known of the run. */
export interface FeedbackEntry extends AnswerVerdict {
  readonly runId: string;
  /** `''` for the whole answer. */
  readonly message: string;
  readonly who: string;
  readonly comment?: string | undefined;
  readonly correction?: unknown;
  readonly label: LabelLevel;
  readonly project: string;
  readonly workflow: string | undefined;
  /** The person whose data the run works with. */
  readonly subject: string;
  /** The models that wrote what is rated. */
  readonly models: readonly string[];
  /** Keys of what the run wrote into conversations: feedback goes with its conversation. */
  readonly batches: readonly string[];
}

/** Stored feedback. */
export interface StoredFeedback extends OwnFeedback {
  readonly runId: string;
  readonly message: string;
  readonly who: string;
  readonly label: LabelLevel;
}

/** What all people said about the answer of a run. */
export interface JudgedRun {
  readonly runId: string;
  /** Mean of all verdicts, 0 to 1; undefined without one. */
  readonly mean: number | undefined;
  /** People who found it worse than the middle. */
  readonly bad: number;
  /** The last corrected answer. */
  readonly correction?: unknown;
}

/** Which feedback to erase; all given fields must match. */
export interface FeedbackErasure {
  readonly projects: readonly string[];
  readonly workflow?: string | undefined;
  /** The person: who gave it, or whose run it is about. */
  readonly subject: string;
  /** Given before this time (milliseconds since the epoch). */
  readonly before?: number | undefined;
}

/** Changes of feedback, for the commit with their audit event. */
export interface FeedbackWrites {
  /** Adds feedback, or replaces what the same person said about the same answer. */
  give(entry: FeedbackEntry): readonly GuardedWrite[];
  remove(runId: string, message: string, who: string): readonly GuardedWrite[];
  /** Erases feedback and annotations. Errors of the commit: `conflict` where it is not so many as `count` said. */
  erase(query: FeedbackErasure, count: number): readonly GuardedWrite[];
}

/** What people said about runs: one feedback a person and answer. Errors: `storage_*`, `database_*`. */
export interface FeedbackStore {
  readonly write: FeedbackWrites;
  /** Newest first. */
  of(runId: string): Promise<readonly StoredFeedback[]>;
  /** Feedback of these runs; runs without feedback are missing. */
  totals(runIds: readonly string[]): Promise<ReadonlyMap<string, FeedbackTotals>>;
  /** What people said about each run of a workflow as a whole, oldest first. */
  judged(workflow: string): Promise<readonly JudgedRun[]>;
  /** Mean score of a model, in one workflow or over all; undefined if there is none. */
  quality(
    model: string,
    workflow: string | undefined,
  ): Promise<{ readonly samples: number; readonly mean: number } | undefined>;
  /** How much feedback an erasure takes. */
  count(query: FeedbackErasure): Promise<number>;
}

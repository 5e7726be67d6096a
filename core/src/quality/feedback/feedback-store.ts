import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { LabelLevel } from '../../labels/label.js';
import type { FeedbackTotals, OwnFeedback, AnswerVerdict } from './feedback.js';

/** A person's feedback on a run, with facts about the run. */
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
  /** The models that wrote the rated answer. */
  readonly models: readonly string[];
  /** Keys of the conversation messages that the run wrote. Erasing those messages erases the feedback. */
  readonly batches: readonly string[];
}

/** Feedback as it is stored, with the person who gave it. */
export interface StoredFeedback extends OwnFeedback {
  readonly runId: string;
  readonly message: string;
  readonly who: string;
  readonly label: LabelLevel;
}

/** A summary of everyone's feedback on the answer of a run. */
export interface JudgedRun {
  readonly runId: string;
  /** Mean of all verdicts, 0 to 1; undefined without verdicts. */
  readonly mean: number | undefined;
  /** Number of people whose verdict is below the middle. */
  readonly bad: number;
  readonly correction?: unknown;
}

/** Selects feedback to erase; all given fields must match. */
export interface FeedbackErasure {
  readonly projects: readonly string[];
  readonly workflow?: string | undefined;
  /** The person who gave the feedback, or whose run it is about. */
  readonly subject: string;
  /** Only feedback given before this time (epoch milliseconds). */
  readonly before?: number | undefined;
}

/** Writes that change feedback, for the commit that also writes their audit event. */
export interface FeedbackWrites {
  /** Adds feedback, or replaces the same person's feedback on the same answer. */
  give(entry: FeedbackEntry): readonly GuardedWrite[];
  remove(runId: string, message: string, who: string): readonly GuardedWrite[];
  /** Erases feedback and annotations. Errors of the commit: `conflict` if their number differs from `count`. */
  erase(query: FeedbackErasure, count: number): readonly GuardedWrite[];
}

/** Stores feedback on runs: one entry for each person and answer. Errors: `storage_*`, `database_*`. */
export interface FeedbackStore {
  readonly write: FeedbackWrites;
  /** Newest first. */
  of(runId: string): Promise<readonly StoredFeedback[]>;
  /** Returns feedback totals by run; runs without feedback are missing. */
  totals(runIds: readonly string[]): Promise<ReadonlyMap<string, FeedbackTotals>>;
  /** Returns a summary of the feedback on each run of a workflow as a whole, oldest first. */
  judged(workflow: string): Promise<readonly JudgedRun[]>;
  /** Returns the mean score of a model in one workflow or in all; undefined without feedback. */
  quality(
    model: string,
    workflow: string | undefined,
  ): Promise<{ readonly samples: number; readonly mean: number } | undefined>;
  /** Returns how many entries an erasure would erase. */
  count(query: FeedbackErasure): Promise<number>;
}

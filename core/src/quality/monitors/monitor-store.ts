import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { DriftFinding, DriftSample } from '../drift/drift.js';
import type { MetricInfo } from '../evaluators/evaluator.js';
import type { LabelLevel } from '../../labels/label.js';
import type { NewScore } from '../scores/run-score.js';
import type { MonitorCounts, MonitorRequest, Relearned } from './monitor.js';

/** A stored monitor. `workflow` in its setup is an id. */
export interface StoredMonitor {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  readonly setup: MonitorRequest;
  readonly metrics: readonly MetricInfo[];
  readonly isPaused: boolean;
  /** Why the monitor paused by itself. */
  readonly reason: string | undefined;
  readonly createdAt: number;
  readonly lastError: { readonly at: number; readonly code: string } | undefined;
  readonly drift: MonitorDrift;
}

/** The drift state of a monitor. */
export interface MonitorDrift {
  /** Whether there are enough reference runs, so that later runs are compared with them. */
  readonly isReferenceFull: boolean;
  readonly checkedAt?: number | undefined;
  /** The last sample that was compared. */
  readonly afterSample: number;
  readonly findings: readonly DriftFinding[];
  /** Why inputs have no embeddings. */
  readonly vectorError?: string | undefined;
  /** The last route training that was started because of drift. */
  readonly relearned?: Relearned | undefined;
}

/** A sampled run that waits to be judged. */
export interface WaitingRun {
  readonly number: number;
  readonly monitor: string;
  readonly runId: string;
  readonly version: number | undefined;
}

/** The result of judging a sampled run. */
export interface JudgedEnd {
  readonly outcome: 'judged' | 'failed' | 'skipped:budget' | 'skipped:label' | 'skipped:removed';
  readonly scores: readonly NewScore[];
  /** In USD. */
  readonly cost: number;
  /** Whether the budget of this day is used up. */
  readonly isSpent: boolean;
  readonly day: number;
  readonly at: number;
  readonly error?: string | undefined;
  readonly sample?: (DriftSample & { readonly label: LabelLevel }) | undefined;
  /** Keys of the conversation messages that the run wrote. */
  readonly batches: readonly string[];
}

/**
 * Stores monitors, the runs that wait for them, and the samples for drift.
 *
 * A run is queued in the commit that ends it. One commit takes it off the queue and adds it to samples; another stores its scores and
 * removes it from the sample. So a crash at any moment loses no run and stores no score twice. Errors: `storage_*`, `database_*`.
 */
export interface MonitorStore {
  readonly write: MonitorWrites;
  list(): Promise<readonly StoredMonitor[]>;
  /** Errors: `monitor_not_found`. */
  get(id: string): Promise<StoredMonitor>;
  counts(id: string): Promise<MonitorCounts>;
  /** Returns the number of judged runs and the cost on a day. */
  spent(id: string, day: number): Promise<{ readonly runs: number; readonly cost: number }>;
  /**
   * Takes the next runs off the queue. Adds them to the samples of their monitors, or counts them as skipped if the budget of the day is
   * used up. Returns how many it took.
   */
  take(limit: number, day: number): Promise<number>;
  /** Returns the oldest run that waits for a monitor. Before that, it skips runs of days whose budget is used up. */
  next(id: string, day: number): Promise<WaitingRun | undefined>;
  /** Returns whether the run was still waiting; if not, nothing is stored. */
  finish(run: WaitingRun, end: JudgedEnd): Promise<boolean>;
  samples(id: string): Promise<{
    readonly reference: readonly DriftSample[];
    readonly current: readonly DriftSample[];
    readonly last: number;
  }>;
  /** Counts the samples without reading them. */
  sampleCounts(id: string): Promise<{ readonly reference: number; readonly current: number }>;
  /** Changes the current drift state. Errors: `monitor_not_found`. */
  changeDrift(id: string, change: (drift: MonitorDrift) => MonitorDrift): Promise<void>;
}

/** Writes that change monitors, for the commit that also writes their audit event. Errors of the commit: `monitor_not_found`. */
export interface MonitorWrites {
  save(monitor: Pick<StoredMonitor, 'id' | 'project' | 'owner' | 'setup' | 'metrics'>): readonly GuardedWrite[];
  /** Waiting runs are judged after the monitor is resumed. */
  setPaused(id: string, isPaused: boolean, reason?: string): readonly GuardedWrite[];
  /** Existing scores stay with their runs. */
  remove(id: string): readonly GuardedWrite[];
  /** Discards all samples; the next runs become the new reference. */
  renewReference(id: string): readonly GuardedWrite[];
}

/** Number of reference runs. */
export const referenceRuns = 200;
/** Number of the newest runs that are compared with the reference. */
export const currentRuns = 200;

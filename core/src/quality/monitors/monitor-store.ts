import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { DriftFinding, DriftSample } from '../drift/drift.js';
import type { MetricInfo } from '../evaluators/evaluator.js';
import type { LabelLevel } from '../../labels/label.js';
import type { NewScore } from '../scores/run-score.js';
import type { MonitorCounts, MonitorRequest, Relearned } from './monitor.js';

/** A monitor as it is stored. `workflow` of its setup is an id. */
export interface StoredMonitor {
  readonly id: string;
  readonly project: string;
  readonly owner: string;
  readonly setup: MonitorRequest;
  readonly metrics: readonly MetricInfo[];
  readonly isPaused: boolean;
  /** Why it paused by itself. */
  readonly reason: string | undefined;
  readonly createdAt: number;
  readonly lastError: { readonly at: number; readonly code: string } | undefined;
  readonly drift: MonitorDrift;
}

/** What is known of the drift of a monitor. */
export interface MonitorDrift {
  /** Whether later runs are compared with the reference runs now. */
  readonly isReferenceFull: boolean;
  readonly checkedAt?: number | undefined;
  /** The last sample that was compared. */
  readonly afterSample: number;
  readonly findings: readonly DriftFinding[];
  /** Why inputs have no vectors. */
  readonly vectorError?: string | undefined;
  /** The last route training that drift began. */
  readonly relearned?: Relearned | undefined;
}

/** A run of a sample that waits to be judged. */
export interface WaitingRun {
  readonly number: number;
  readonly monitor: string;
  readonly runId: string;
  readonly version: number | undefined;
}

/** How a run of a sample ended. */
export interface JudgedEnd {
  readonly outcome: 'judged' | 'failed' | 'skipped:budget' | 'skipped:label' | 'skipped:removed';
  readonly scores: readonly NewScore[];
  /** In USD. */
  readonly cost: number;
  /** Nothing more may be judged on this day. */
  readonly isSpent: boolean;
  readonly day: number;
  readonly at: number;
  readonly error?: string | undefined;
  readonly sample?: (DriftSample & { readonly label: LabelLevel }) | undefined;
  /** Keys of what the run wrote into conversations. */
  readonly batches: readonly string[];
}

/**
 * Monitors, the runs that wait for them, and what is compared of runs.
 *
 * A run is put on a queue in the commit of its end, is taken into samples in the commit that takes it off the queue, and leaves the sample in the
 * commit that stores its scores. A kill at any moment forgets no run and stores no score twice. Errors: `storage_*`, `database_*`.
 */
export interface MonitorStore {
  readonly write: MonitorWrites;
  list(): Promise<readonly StoredMonitor[]>;
  /** Errors: `monitor_not_found`. */
  get(id: string): Promise<StoredMonitor>;
  counts(id: string): Promise<MonitorCounts>;
  /** What was used on a day. */
  spent(id: string, day: number): Promise<{ readonly runs: number; readonly cost: number }>;
  /** Takes the next runs off the queue, into the samples of their monitors or among those that the budget of the day skips. How many it took. */
  take(limit: number, day: number): Promise<number>;
  /** The oldest run that waits for a monitor. Runs of a day whose money is spent are skipped first. */
  next(id: string, day: number): Promise<WaitingRun | undefined>;
  /** Whether the run still waited; otherwise nothing is stored. */
  finish(run: WaitingRun, end: JudgedEnd): Promise<boolean>;
  samples(id: string): Promise<{
    readonly reference: readonly DriftSample[];
    readonly current: readonly DriftSample[];
    /** The number of the last sample. */
    readonly last: number;
  }>;
  /** How many samples there are, without reading them. */
  sampleCounts(id: string): Promise<{ readonly reference: number; readonly current: number }>;
  /** Changes what is known of the drift, as it stands there now. Errors: `monitor_not_found`. */
  changeDrift(id: string, change: (drift: MonitorDrift) => MonitorDrift): Promise<void>;
}

/** Changes of monitors, for the commit with their audit event. Errors of the commit: `monitor_not_found`. */
export interface MonitorWrites {
  save(monitor: Pick<StoredMonitor, 'id' | 'project' | 'owner' | 'setup' | 'metrics'>): readonly GuardedWrite[];
  /** What waits is judged once it goes on. */
  setPaused(id: string, isPaused: boolean, reason?: string): readonly GuardedWrite[];
  /** Scores that were given stay with their runs. */
  remove(id: string): readonly GuardedWrite[];
  /** Forgets what was compared: the next runs are the reference. */
  renewReference(id: string): readonly GuardedWrite[];
}

/** How many runs others are compared with. */
export const referenceRuns = 200;
/** How many of the newest runs are compared. */
export const currentRuns = 200;

import { steadySource, toErrorValue, type Clock, type ErrorValue } from '@heddle/core';
import type { Log } from '../../common/log.js';

/** A run that left memory because the journal could not be written or read. */
export interface LostRun {
  readonly runId: string;
  readonly group: string;
  readonly error: ErrorValue;
  readonly since: number;
}

const firstWaitMs = 1_000;
const longestWaitMs = 15_000;

/**
 * A run fails after faults for this long if the store as a whole works: the time suffices to free disk space, but a run whose own rows
 * cannot be written or read must not wait for ever.
 */
const longestFaultMs = 15 * 60_000;
/**
 * Faults of a run that are further apart do not belong together. The engine itself retries for half of this time before it gives a run
 * back.
 */
const apartMs = 5 * 60_000;

/** Consecutive faults of a run, in milliseconds of the steady clock. */
interface Faults {
  first: number;
  last: number;
}

/** Keeps runs that stopped because of a fault of the store, and resumes them when the store works. */
export class LostRuns {
  private readonly runs = new Map<string, LostRun>();
  private readonly faults = new Map<string, Faults>();
  private stopTimer: (() => void) | undefined;
  private waitMs = firstWaitMs;
  /** In milliseconds of the steady clock. */
  private takenUpAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    /** Throws while nothing can be stored. */
    private readonly check: () => void,
    private readonly takeUp: (run: LostRun) => void,
  ) {}

  /** Whether a run that has a fault now may wait for the store once more. */
  mayWait(runId: string): boolean {
    const now = this.now();
    for (const [id, { last }] of this.faults) if (now - last > apartMs) this.faults.delete(id);
    const faults = this.faults.get(runId) ?? { first: now, last: now };
    faults.last = now;
    this.faults.set(runId, faults);
    return now - faults.first < longestFaultMs;
  }

  add(runId: string, group: string, error: unknown): void {
    const { clock, log } = this;
    // The wait grows while runs fail again soon after they were resumed.
    if (this.now() - this.takenUpAt > longestWaitMs) this.waitMs = firstWaitMs;
    this.runs.set(runId, { runId, group, error: toErrorValue(error, 'internal'), since: clock.now() });
    log.error({ runId, err: error }, 'the run waits, as the journal could not be written');
    this.arm();
  }

  get(runId: string): LostRun | undefined {
    return this.runs.get(runId);
  }

  list(): readonly LostRun[] {
    return [...this.runs.values()];
  }

  /** Forgets a run that continues or ends in another way. */
  remove(runId: string): void {
    this.runs.delete(runId);
  }

  stop(): void {
    this.stopTimer?.();
    this.runs.clear();
  }

  private now(): number {
    return steadySource(this.clock).now();
  }

  private arm(): void {
    const time = steadySource(this.clock);
    this.stopTimer ??= time.at(time.now() + this.waitMs, () => {
      this.stopTimer = undefined;
      this.tryAgain();
    });
  }

  private tryAgain(): void {
    if (this.runs.size === 0) return;
    this.waitMs = Math.min(longestWaitMs, this.waitMs * 2);
    const now = this.now();
    try {
      this.check();
    } catch {
      // The fault was logged when the run was lost; until the store works there is nothing new to log.
      for (const runId of this.runs.keys()) this.faults.set(runId, { first: now, last: now });
      this.arm();
      return;
    }
    this.takenUpAt = now;
    const back = this.list();
    this.runs.clear();
    this.log.warn({ runs: back.length }, 'the journal can be written again: its runs go on');
    for (const run of back) this.takeUp(run);
  }
}

import { steadySource, toErrorValue, type Clock, type ErrorValue } from '@heddle/core';
import type { Log } from '../common/log.js';

/** A run that left memory because the journal could not be written or read. */
export interface LostRun {
  readonly runId: string;
  readonly group: string;
  readonly error: ErrorValue;
  readonly since: number;
}

export interface LostRunParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Throws while nothing can be stored. */
  check(): void;
  /** Takes a run up again. */
  takeUp(run: LostRun): void;
}

const firstWaitMs = 1_000;
const longestWaitMs = 15_000;

/**
 * A run is given up after faults for so long while the store as a whole works: time enough to free some space of a disk that still takes
 * what is small. Nobody waits for ever for a run whose own rows cannot be written or read.
 */
const longestFaultMs = 15 * 60_000;
/** Faults of a run that are further apart belong to different times. The engine itself tries for half as long before it gives a run back. */
const apartMs = 5 * 60_000;

/** The faults of a run one after the other, by the steady clock. */
interface Faults {
  first: number;
  last: number;
}

/** Keeps runs that a fault of the store stopped, and takes them up again by itself when the store works. */
export class LostRuns {
  private readonly runs = new Map<string, LostRun>();
  private readonly faults = new Map<string, Faults>();
  private stopTimer: (() => void) | undefined;
  private waitMs = firstWaitMs;
  /** By the steady clock. */
  private takenUpAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: LostRunParts) {}

  /** Whether a run that meets a fault now may wait for the store once more. */
  mayWait(runId: string): boolean {
    const now = this.now();
    for (const [id, { last }] of this.faults) if (now - last > apartMs) this.faults.delete(id);
    const faults = this.faults.get(runId) ?? { first: now, last: now };
    faults.last = now;
    this.faults.set(runId, faults);
    return now - faults.first < longestFaultMs;
  }

  add(runId: string, group: string, error: unknown): void {
    const { clock, log } = this.parts;
    // A run that comes back at once is tried again later and later.
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

  /** It goes on, or ends, in another way. */
  remove(runId: string): void {
    this.runs.delete(runId);
  }

  stop(): void {
    this.stopTimer?.();
    this.runs.clear();
  }

  private now(): number {
    return steadySource(this.parts.clock).now();
  }

  private arm(): void {
    const time = steadySource(this.parts.clock);
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
      this.parts.check();
    } catch {
      // Told when it was lost; until the store works there is nothing new to say, and no run is to blame.
      for (const runId of this.runs.keys()) this.faults.set(runId, { first: now, last: now });
      this.arm();
      return;
    }
    this.takenUpAt = now;
    const back = this.list();
    this.runs.clear();
    this.parts.log.warn({ runs: back.length }, 'the journal can be written again: its runs go on');
    for (const run of back) this.parts.takeUp(run);
  }
}

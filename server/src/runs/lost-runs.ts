import { HeddleError, steadyFace, toErrorValue, type Clock, type ErrorValue } from '@heddle/core';
import type { Log } from '../heddle/log.js';

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

/** Keeps runs that a fault of the store stopped, and takes them up again by itself when the store works. */
export class LostRuns {
  private readonly runs = new Map<string, LostRun>();
  private stopTimer: (() => void) | undefined;
  private waitMs = firstWaitMs;

  constructor(private readonly parts: LostRunParts) {}

  add(runId: string, group: string, error: unknown): void {
    const { clock, log } = this.parts;
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

  private arm(): void {
    const time = steadyFace(this.parts.clock);
    this.stopTimer ??= time.at(time.now() + this.waitMs, () => {
      this.stopTimer = undefined;
      this.tryAgain();
    });
  }

  private tryAgain(): void {
    if (this.runs.size === 0) return;
    try {
      this.parts.check();
    } catch {
      // Told when it was lost; until the store works there is nothing new to say.
      this.waitMs = Math.min(longestWaitMs, this.waitMs * 2);
      this.arm();
      return;
    }
    this.waitMs = firstWaitMs;
    const back = this.list();
    this.runs.clear();
    this.parts.log.warn({ runs: back.length }, 'the journal can be written again: its runs go on');
    for (const run of back) this.parts.takeUp(run);
  }
}

const passingFaults: ReadonlySet<string> = new Set([
  'storage_full',
  'storage_read_only',
  'storage_failed',
  'storage_locked',
]);

/** Faults of the store that may pass; a damaged value does not. */
export function isStoreFault(error: unknown): boolean {
  return error instanceof HeddleError && passingFaults.has(error.code);
}

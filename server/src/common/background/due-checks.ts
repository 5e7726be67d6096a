import { momentsSource, type Clock } from '@heddle/core';
import { atOrAfter } from './at-or-after.js';

/** The wait before a failed check is repeated. */
const againMs = 15_000;
/** The longest wait, by a steady clock, so that a change of a wrong clock is noticed. */
const longestSleepMs = 300_000;

interface DueChecksOptions {
  readonly clock: Clock;
  /** Checks what is due. Returns the time of the next check in epoch milliseconds, or Infinity for none. */
  readonly check: () => Promise<number>;
  readonly onError: (error: unknown) => void;
}

/**
 * Repeats a check: when something is due, on request, and again after a failure. One check runs at a time.
 *
 * @example const checks = new DueChecks({ clock, check: () => this.tick(), onError: (err) => log.error({ err }, 'not checked') });
 */
export class DueChecks {
  private working: Promise<void> = Promise.resolve();
  private stopTimer: (() => void) | undefined;
  private isOn = false;

  constructor(private readonly options: DueChecksOptions) {}

  get isStarted(): boolean {
    return this.isOn;
  }

  /** The time that decides what is due. If the wall clock is set ahead by more than a day, this time does not follow it. */
  now(): number {
    return momentsSource(this.options.clock).now();
  }

  start(): void {
    this.isOn = true;
    this.request();
  }

  async stop(): Promise<void> {
    this.isOn = false;
    this.stopTimer?.();
    await this.working;
  }

  /** Checks now, or once the running check has ended. */
  request(): void {
    if (!this.isOn) return;
    this.working = this.working
      .then(async () => this.sleepUntil(await this.options.check()))
      .catch((error: unknown) => {
        this.options.onError(error);
        this.sleepUntil(this.now() + againMs);
      });
  }

  /** Resolves when the requested checks have ended; for tests. */
  get idle(): Promise<void> {
    return this.working;
  }

  private sleepUntil(time: number): void {
    this.stopTimer?.();
    if (this.isOn) this.stopTimer = atOrAfter(this.options.clock, time, longestSleepMs, () => this.request());
  }
}

import { steadySource, type Clock, type TimeSource } from '@heddle/core';
import { wheelOf, type Deadline, type DeadlineWheel } from './deadline-wheel.js';
import { momentsOf, type RunMoments } from './moments.js';

/** The clock of one run. */
export class RunClock {
  /** The moments at which waits and questions are due. */
  readonly moments: RunMoments;
  private readonly clock: Clock;
  private readonly steady: TimeSource;
  private readonly spans: DeadlineWheel;

  constructor(clock: Clock, runId: string) {
    this.clock = clock;
    this.steady = steadySource(clock);
    this.spans = wheelOf(this.steady);
    this.moments = momentsOf(clock, runId);
  }

  /** Epoch milliseconds, for records. */
  now(): number {
    return this.clock.now();
  }

  /** Milliseconds for measuring time spans. They mean nothing outside this process. */
  steadyNow(): number {
    return this.steady.now();
  }

  /** Calls back after a time span, even if the wall clock is set meanwhile. */
  afterSpan(milliseconds: number, callback: () => void): Deadline {
    return this.spans.add(this.steadyNow() + milliseconds, callback);
  }
}

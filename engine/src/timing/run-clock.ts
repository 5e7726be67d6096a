import { steadySource, type Clock, type TimeSource } from '@heddle/core';
import { wheelOf, type Deadline, type DeadlineWheel } from './deadline-wheel.js';
import { momentsOf, type RunMoments } from './moments.js';

/** Time as one run sees it. */
export class RunClock {
  /** Times at which waits and questions are due. */
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

  /** Milliseconds by which spans are measured. They mean nothing outside this process. */
  steadyNow(): number {
    return this.steady.now();
  }

  /** Calls back after a span, also when somebody sets the wall clock meanwhile. */
  afterSpan(milliseconds: number, callback: () => void): Deadline {
    return this.spans.add(this.steadyNow() + milliseconds, callback);
  }
}

import { momentsSource, steadySource, type Clock } from '@heddle/core';
import { wheelOf, type Deadline } from './deadline-wheel.js';

/** A moment that a run waits for: its time by the wall clock, and its latest time by the steady clock. */
interface Moment {
  readonly time: number;
  readonly due: number;
}

/** After this many new moments, those that have come by both clocks are removed. */
const addsBetweenSweeps = 1_000;

/**
 * The moments at which waits and questions are due. When a run first waits for a moment, the remaining time is noted, and it stays noted
 * while the run is not in memory. The moment comes at its time by the wall clock, or when the remaining time has passed, whichever is
 * first. So a wall clock that is set back makes no wait longer.
 */
class Moments {
  readonly wall;
  readonly steady;
  private readonly known = new Map<string, Moment>();
  private adds = 0;

  constructor(clock: Clock) {
    this.wall = momentsSource(clock);
    this.steady = steadySource(clock);
  }

  find(runId: string, time: number): Moment | undefined {
    return this.known.get(keyOf(runId, time));
  }

  note(runId: string, time: number): Moment {
    const known = this.find(runId, time);
    if (known !== undefined) return known;
    this.adds += 1;
    if (this.adds % addsBetweenSweeps === 0) this.sweep();
    const moment = { time, due: this.steady.now() + (time - this.wall.now()) };
    this.known.set(keyOf(runId, time), moment);
    return moment;
  }

  private sweep(): void {
    const wall = this.wall.now();
    const steady = this.steady.now();
    for (const [key, { time, due }] of this.known) if (time <= wall && due <= steady) this.known.delete(key);
  }
}

const keyOf = (runId: string, time: number): string => `${time} ${runId}`;

const shared = new WeakMap<Clock, Moments>();

/** The moments of one run. */
export interface RunMoments {
  /** Notes how much time is left until a moment. */
  note(time: number): void;
  hasCome(time: number): boolean;
  /** Calls back once when a moment has come. */
  add(time: number, callback: () => void): Deadline;
}

/** The moments of a run, by the clock of its host. @example momentsOf(clock, runId).add(wakeAt, wake) */
export function momentsOf(clock: Clock, runId: string): RunMoments {
  const moments = shared.get(clock) ?? new Moments(clock);
  shared.set(clock, moments);
  return {
    note: (time) => void moments.note(runId, time),
    hasCome: (time) =>
      time <= moments.wall.now() || (moments.find(runId, time)?.due ?? Infinity) <= moments.steady.now(),
    add(time, callback) {
      const { due } = moments.note(runId, time);
      const cancel = (): void => {
        for (const deadline of both) deadline.cancel();
      };
      const once = (): void => {
        cancel();
        callback();
      };
      const both = [wheelOf(moments.wall).add(time, once), wheelOf(moments.steady).add(due, once)];
      return { time, cancel };
    },
  };
}

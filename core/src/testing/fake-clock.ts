import type { Clock, TimeSource } from '../ports/clock.js';

interface Timer {
  /** Whether it is scheduled by the wall clock, which can be set, or by the steady clock. */
  readonly isWall: boolean;
  readonly time: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that only moves when a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time forward and runs the due callbacks in order; microtasks run between the callbacks. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the wall clock without running callbacks, like a clock change. The steady clock does not change. */
  jump(time: number): void;
  readonly pending: number;
}

/** Creates a fake clock. @example const clock = createFakeClock(1_000); await clock.advance(500); */
export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  /** Time of the steady clock. */
  let now = start;
  let order = 0;
  let timers: Timer[] = [];
  /** How far the wall clock is ahead of the steady clock. */
  let ahead = 0;
  const steadyTimeOf = (timer: Timer): number => (timer.isWall ? timer.time - ahead : timer.time);
  const nextDue = (until: number): Timer | undefined => {
    let found: Timer | undefined;
    for (const timer of timers) {
      const time = steadyTimeOf(timer);
      if (time > until) continue;
      const best = found === undefined ? Infinity : steadyTimeOf(found);
      if (found === undefined || time < best || (time === best && timer.order < found.order)) found = timer;
    }
    return found;
  };
  const source = (isWall: boolean): TimeSource => ({
    now: () => (isWall ? now + ahead : now),
    at(time, callback) {
      const timer: Timer = { isWall, time, order: (order += 1), callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  });
  return {
    ...source(true),
    steady: source(false),
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settleMicrotasks();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        const fired = due;
        timers = timers.filter((other) => other !== fired);
        now = Math.max(now, steadyTimeOf(fired));
        fired.callback();
        await settleMicrotasks();
      }
      now = until;
    },
    jump(time) {
      ahead = time - now;
    },
    get pending() {
      return timers.length;
    },
  };
}

/** Lets all ready promises continue. The number of rounds is enough for a chain of awaits between two timers. */
async function settleMicrotasks(): Promise<void> {
  for (let tick = 0; tick < 50; tick += 1) await Promise.resolve();
}

import type { Clock } from '../ports/clock.js';

interface Timer {
  readonly time: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time forward and calls back what fell due, in order; microtasks run between the callbacks. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the time without calling back: a clock jump. */
  jump(time: number): void;
  /** Callbacks that still wait. */
  readonly pending: number;
}

/** Makes a fake clock. @example const clock = createFakeClock(1_000); await clock.advance(500); */
export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  let now = start;
  let order = 0;
  let timers: Timer[] = [];
  const nextDue = (until: number): Timer | undefined => {
    let found: Timer | undefined;
    for (const timer of timers) {
      if (timer.time > until) continue;
      if (found === undefined || timer.time < found.time || (timer.time === found.time && timer.order < found.order))
        found = timer;
    }
    return found;
  };
  return {
    now: () => now,
    at(time, callback) {
      const timer: Timer = { time, order: (order += 1), callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settleMicrotasks();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        const fired = due;
        timers = timers.filter((other) => other !== fired);
        now = Math.max(now, fired.time);
        fired.callback();
        await settleMicrotasks();
      }
      now = until;
    },
    jump(time) {
      now = time;
    },
    get pending() {
      return timers.length;
    },
  };
}

/** Lets every promise that is ready go on; enough turns for a chain of awaits between two timers. */
async function settleMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

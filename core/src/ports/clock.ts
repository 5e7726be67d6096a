/** A source of time with callbacks. */
export interface TimeFace {
  /** Milliseconds. */
  now(): number;
  /** Calls back once at or after a time; the returned function cancels the callback. A callback does not keep the process alive. */
  at(time: number, callback: () => void): () => void;
}

/** The only source of time in the engine and the nodes; tests use their own. Times are milliseconds of the wall clock since the epoch. */
export interface Clock extends TimeFace {
  /**
   * Time for durations. It only moves forward at a constant rate, even if the wall clock is changed. Its values have no meaning
   * outside the process. Without it, the wall clock is used.
   */
  readonly steady?: TimeFace;
  /**
   * Time for due moments: the wall clock, except while it is more than a day ahead of the time that passed in this process.
   * Without it, the wall clock is used.
   */
  readonly moments?: TimeFace;
}

/**
 * The time by which moments become due: the ends of waits, reminders, schedule times.
 *
 * @example const time = momentsFace(clock); time.at(wakeAt, wake);
 */
export function momentsFace(clock: Clock): TimeFace {
  return clock.moments ?? clock;
}

/**
 * The time by which durations are measured: deadlines, retry delays, pauses.
 *
 * @example const time = steadyFace(clock); time.at(time.now() + 500, tryAgain);
 */
export function steadyFace(clock: Clock): TimeFace {
  return clock.steady ?? clock;
}

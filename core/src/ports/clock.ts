/** A source of time with callbacks. */
export interface TimeSource {
  /** Milliseconds. */
  now(): number;
  /** Calls back once at or after a time; the returned function cancels the callback. A callback does not keep the process alive. */
  at(time: number, callback: () => void): () => void;
}

/** The only source of time in the engine and the nodes; tests use their own. Times are milliseconds of the wall clock since the epoch. */
export interface Clock extends TimeSource {
  /**
   * Time for durations. It only moves forward at a constant rate, even if the wall clock is changed. Its values have no meaning
   * outside the process. Without it, the wall clock is used.
   */
  readonly steady?: TimeSource;
  /**
   * Time at which things become due: the wall clock, except while the wall clock is more than a day ahead of the time that passed in this
   * process. Without it, the wall clock is used.
   */
  readonly moments?: TimeSource;
}

/**
 * The time source for due times: ends of waits, reminders, schedule times.
 *
 * @example const time = momentsSource(clock); time.at(wakeAt, wake);
 */
export function momentsSource(clock: Clock): TimeSource {
  return clock.moments ?? clock;
}

/**
 * The time source for durations: deadlines, retry delays, pauses.
 *
 * @example const time = steadySource(clock); time.at(time.now() + 500, tryAgain);
 */
export function steadySource(clock: Clock): TimeSource {
  return clock.steady ?? clock;
}

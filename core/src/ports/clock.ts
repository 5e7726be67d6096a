/** What tells the time and calls back at one. */
export interface TimeFace {
  /** Milliseconds. */
  now(): number;
  /** Calls back once at or after a time; the returned function takes it back. Never keeps a process alive by itself. */
  at(time: number, callback: () => void): () => void;
}

/** The only source of time in engine and nodes; tests bring their own. Its times are epoch milliseconds of the wall clock. */
export interface Clock extends TimeFace {
  /**
   * Time for spans: it only goes forward, at the pace of time, also when somebody sets the wall clock. Its numbers mean nothing
   * outside the process. Without it, the wall clock is taken.
   */
  readonly steady?: TimeFace;
  /**
   * Time for what falls due at a moment: the wall clock, but not while it stands more than a day ahead of the time that passed in this
   * process. Without it, the wall clock is taken.
   */
  readonly moments?: TimeFace;
}

/**
 * The face of a clock by which moments fall due: ends of waits, reminders, times of schedules.
 *
 * @example const time = momentsFace(clock); time.at(wakeAt, wake);
 */
export function momentsFace(clock: Clock): TimeFace {
  return clock.moments ?? clock;
}

/**
 * The face of a clock by which spans are measured: deadlines, retry delays, pauses.
 *
 * @example const time = steadyFace(clock); time.at(time.now() + 500, tryAgain);
 */
export function steadyFace(clock: Clock): TimeFace {
  return clock.steady ?? clock;
}

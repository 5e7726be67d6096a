import { HeddleError, type CircuitState, type TimeSource } from '@heddle/core';

interface CircuitOptions {
  readonly connection: string;
  readonly clock: Pick<TimeSource, 'now'>;
  /** Failures in a row that open it. */
  readonly failures?: number;
  /** Milliseconds of the first rest; it doubles at each trial that fails, up to ten times that. */
  readonly restMs?: number;
}

/** A call that the circuit let through; exactly one of the three ends it. */
export interface CircuitPass {
  succeed(): void;
  fail(): void;
  /** It ended without a word about the provider: stopped, or refused for what it asked. */
  leave(): void;
}

export interface CircuitBreaker {
  readonly state: CircuitState;
  /** When a trial is let through again; undefined while closed. */
  readonly retryAt: number | undefined;
  /** Errors: `circuit_open`. */
  enter(): CircuitPass;
  /** A trial outside the circuit succeeded. */
  reset(): void;
}

/** Rests a connection that fails again and again: calls are refused at once, one trial at a time finds out when it is back. */
export function createCircuitBreaker(options: CircuitOptions): CircuitBreaker {
  const { connection, clock, failures = 5, restMs = 15_000 } = options;
  let failed = 0;
  let openUntil: number | undefined;
  let rest = restMs;
  let isTrying = false;

  const close = (): void => {
    failed = 0;
    openUntil = undefined;
    rest = restMs;
  };
  const state = (): CircuitState =>
    openUntil === undefined ? 'closed' : clock.now() >= openUntil ? 'half-open' : 'open';

  return {
    get state() {
      return state();
    },
    get retryAt() {
      return openUntil;
    },
    reset: close,
    enter() {
      const isTrial = state() === 'half-open';
      if (state() === 'open' || (isTrial && isTrying)) {
        const seconds = Math.max(1, Math.ceil(((openUntil ?? 0) - clock.now()) / 1000));
        throw new HeddleError(
          'circuit_open',
          `Connection '${connection}' failed ${failed} times in a row and rests: the next trial is in ${seconds} s. Test the connection, or use another.`,
          { details: { connection, retryAfterSeconds: seconds } },
        );
      }
      if (isTrial) isTrying = true;
      let isOver = false;
      const end = (work: () => void) => (): void => {
        if (isOver) return;
        isOver = true;
        if (isTrial) isTrying = false;
        work();
      };
      return {
        succeed: end(close),
        leave: end(() => undefined),
        fail: end(() => {
          failed += 1;
          if (isTrial) rest = Math.min(rest * 2, restMs * 10);
          if (isTrial || failed >= failures) openUntil = clock.now() + rest;
        }),
      };
    },
  };
}

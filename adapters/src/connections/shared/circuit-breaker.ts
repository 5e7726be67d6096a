import { HeddleError, type CircuitState, type TimeSource } from '@heddle/core';

interface CircuitOptions {
  readonly connection: string;
  readonly clock: Pick<TimeSource, 'now'>;
  /** Consecutive failures that open the circuit. */
  readonly failures?: number;
  /** Milliseconds until the first trial. The time doubles with each failed trial, up to ten times this value. */
  readonly restMs?: number;
}

/** A call that the circuit let through. Exactly one of its three functions must be called. */
export interface CircuitPass {
  succeed(): void;
  fail(): void;
  /** The call says nothing about the provider's health: it was stopped, or refused because of its content. */
  leave(): void;
}

export interface CircuitBreaker {
  readonly state: CircuitState;
  /** When the next trial is allowed; undefined while closed. */
  readonly retryAt: number | undefined;
  /** Errors: `circuit_open`. */
  enter(): CircuitPass;
  /** Closes the circuit after a call outside it succeeded. */
  reset(): void;
}

/**
 * A circuit breaker for a connection that keeps failing: calls are refused at once, and a single trial at a time tests whether the
 * connection works again.
 */
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
          `Connection '${connection}' failed ${failed} times in a row and gets no calls for now: the next trial is in ${seconds} s. Test the connection, or use another.`,
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

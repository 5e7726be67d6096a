import { steadySource, toHeddleError, type Clock, type HeddleError } from '@heddle/core';

const everyMs = 1_000;
/** Without an answer for so long, the server counts as away. */
const longestMs = 3_000;

/** A server that is asked again and again. */
export interface WatchedServer {
  readonly clock: Clock;
  /** Asks it whether it can be used. */
  readonly ask: () => Promise<void>;
  /** The error of a server that has not answered for some seconds. */
  readonly unanswered: (seconds: number) => HeddleError;
}

/** Knows whether a server can be used now. */
export interface ServerWatch {
  /** Errors: those of the last answer. */
  check(): void;
  stop(): void;
}

/**
 * Asks a server every second. Its answers say what health says, and whether a caller is told at once that nothing can be stored.
 *
 * @example const watch = watchServer({ clock, ask: () => redis.check(), unanswered }); watch.check();
 */
export function watchServer({ clock, ask, unanswered }: WatchedServer): ServerWatch {
  const time = steadySource(clock);
  let fault: HeddleError | undefined;
  let askedAt: number | undefined;
  let isStopped = false;
  let cancel = (): void => undefined;
  const askNow = async (): Promise<void> => {
    askedAt = time.now();
    try {
      await ask();
      fault = undefined;
    } catch (error) {
      fault = toHeddleError(error);
    }
    askedAt = undefined;
    if (!isStopped) later();
  };
  const later = (): void => {
    cancel = time.at(time.now() + everyMs, () => void askNow());
  };
  later();
  return {
    check() {
      if (fault !== undefined) throw fault;
      if (askedAt !== undefined && time.now() - askedAt > longestMs)
        throw unanswered(Math.round((time.now() - askedAt) / 1_000));
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}

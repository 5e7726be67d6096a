import { steadySource, toHeddleError, type Clock, type HeddleError } from '@heddle/core';
import type { Log } from '../../common/log.js';

/** Without an answer for so long, the server counts as away. */
const longestMs = 3_000;

/** A server that is asked again and again. */
interface WatchedServer {
  readonly clock: Clock;
  /** Milliseconds between an answer and the next question. Default 1,000. */
  readonly everyMs?: number;
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
 * Asks a server again and again. Its answers say what health says, and whether a caller is told at once that nothing can be stored.
 *
 * @example const watch = watchServer({ clock, ask: () => redis.check(), unanswered }); watch.check();
 */
export function watchServer({ clock, everyMs = 1_000, ask, unanswered }: WatchedServer): ServerWatch {
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

/** What the log says of a server. */
interface ServerNews {
  readonly away: string;
  readonly back: string;
}

/** Asks a server, and says in the log when it goes and when it is back. */
export function sayingAsk(ask: () => Promise<void>, log: Log, { away, back }: ServerNews): () => Promise<void> {
  let isAway = false;
  return async () => {
    try {
      await ask();
    } catch (err) {
      if (!isAway) log.warn({ err }, away);
      isAway = true;
      throw err;
    }
    if (isAway) log.info({}, back);
    isAway = false;
  };
}

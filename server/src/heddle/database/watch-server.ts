import { steadySource, toHeddleError, type Clock, type HeddleError } from '@heddle/core';
import type { Log } from '../../common/log.js';

/** After so long without an answer, the server counts as unreachable. */
const longestMs = 3_000;

interface WatchedServer {
  readonly clock: Clock;
  /** Milliseconds between an answer and the next check. Default 1,000. */
  readonly everyMs?: number;
  /** Checks the server; throws if it cannot be used. */
  readonly ping: () => Promise<void>;
  /** The error for a server that has not answered for some seconds. */
  readonly unanswered: (seconds: number) => HeddleError;
}

/** Knows whether a server can be used now. */
export interface ServerWatch {
  /** Throws the error of the last check, or `unanswered` if the server does not answer. */
  check(): void;
  stop(): void;
}

/**
 * Checks a server at intervals. The result decides what the health shows, and whether callers get an error at once because nothing can be
 * stored.
 *
 * @example const watch = watchServer({ clock, ask: () => redis.check(), unanswered }); watch.check();
 */
export function watchServer({ clock, everyMs = 1_000, ping, unanswered }: WatchedServer): ServerWatch {
  const time = steadySource(clock);
  let fault: HeddleError | undefined;
  let pingedAt: number | undefined;
  let isStopped = false;
  let cancel = (): void => undefined;
  const pingNow = async (): Promise<void> => {
    pingedAt = time.now();
    try {
      await ping();
      fault = undefined;
    } catch (error) {
      fault = toHeddleError(error);
    }
    pingedAt = undefined;
    if (!isStopped) later();
  };
  const later = (): void => {
    cancel = time.at(time.now() + everyMs, () => void pingNow());
  };
  later();
  return {
    check() {
      if (fault !== undefined) throw fault;
      if (pingedAt !== undefined && time.now() - pingedAt > longestMs)
        throw unanswered(Math.round((time.now() - pingedAt) / 1_000));
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}

/** The log messages about a server. */
interface ServerNews {
  readonly away: string;
  readonly back: string;
}

/** Wraps the check of a server, so that the log says when the server becomes unreachable and when it is back. */
export function logOutages(ask: () => Promise<void>, log: Log, { away, back }: ServerNews): () => Promise<void> {
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

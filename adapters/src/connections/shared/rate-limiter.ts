import { HeddleError, type TimeSource } from '@heddle/core';

export interface RateLimits {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly concurrency: number;
}

export interface RateLimiterOptions {
  readonly connection: string;
  readonly limits: RateLimits;
  readonly clock: TimeSource;
  /** Calls that may wait. */
  readonly queueLimit?: number;
}

/** A place in the line of a connection. */
export interface Ticket {
  /** The next thing that happens to it: its position changed (1 is next), or its turn has come. */
  next(): Promise<number | 'ready'>;
  /** Says how many tokens the call really took. */
  settle(tokens: number): void;
  /** Leaves, from the line or after the call. */
  leave(): void;
}

export interface RateLimiter {
  /** Takes a place. `tokens` is what the call is expected to take. Errors: `model_busy`. */
  enter(tokens: number): Ticket;
  /** The provider asked all callers to wait. */
  pauseUntil(time: number): void;
  state(): { readonly inFlight: number; readonly waiting: number; readonly pausedUntil: number | undefined };
}

interface Waiting {
  readonly tokens: number;
  place: number;
  tell: () => void;
  isReady: boolean;
}

/**
 * Requests a minute, tokens a minute and calls at once, for all runs together. First come, first served: a large call at the head
 * is not overtaken, so that it cannot starve.
 */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { clock, limits, connection, queueLimit = 1000 } = options;
  const requests = createBucket(limits.requestsPerMinute, clock.now());
  const tokens = createBucket(limits.tokensPerMinute, clock.now());
  const line: Waiting[] = [];
  let inFlight = 0;
  let pausedUntil = 0;
  let cancelTimer: (() => void) | undefined;

  function serve(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    for (let head = line[0]; head !== undefined && inFlight < limits.concurrency; head = line[0]) {
      const now = clock.now();
      const wait = Math.max(pausedUntil - now, requests.waitFor(1, now), tokens.waitFor(head.tokens, now));
      if (wait > 0) {
        cancelTimer = clock.at(now + Math.ceil(wait), serve);
        break;
      }
      requests.take(1, now);
      tokens.take(head.tokens, now);
      inFlight += 1;
      line.shift();
      head.isReady = true;
      head.tell();
    }
    line.forEach((entry, index) => {
      if (entry.place === index + 1) return;
      entry.place = index + 1;
      entry.tell();
    });
  }

  return {
    enter(expected) {
      if (line.length >= queueLimit)
        throw new HeddleError(
          'model_busy',
          `${line.length} calls wait for connection '${connection}' already: raise its limits, or start fewer runs at once.`,
          { details: { connection, waiting: line.length } },
        );
      const entry: Waiting = { tokens: expected, place: 0, tell: () => undefined, isReady: false };
      let told = 0;
      let isGone = false;
      line.push(entry);
      serve();
      return {
        async next() {
          while (!entry.isReady && (entry.place === told || entry.place === 0) && !isGone)
            await new Promise<void>((resolve) => (entry.tell = resolve));
          if (entry.isReady) return 'ready';
          told = entry.place;
          return told;
        },
        settle(used) {
          tokens.take(used - expected, clock.now());
        },
        leave() {
          if (isGone) return;
          isGone = true;
          if (entry.isReady) inFlight -= 1;
          else line.splice(line.indexOf(entry), 1);
          entry.tell();
          serve();
        },
      };
    },
    pauseUntil(time) {
      pausedUntil = Math.max(pausedUntil, time);
      serve();
    },
    state: () => ({
      inFlight,
      waiting: line.length,
      pausedUntil: pausedUntil > clock.now() ? pausedUntil : undefined,
    }),
  };
}

/** A bucket that fills evenly over a minute; without a rate it is never empty. */
function createBucket(
  perMinute: number | undefined,
  startedAt: number,
): { waitFor(amount: number, now: number): number; take(amount: number, now: number): void } {
  if (perMinute === undefined) return { waitFor: () => 0, take: () => undefined };
  let level = perMinute;
  let at = startedAt;
  const fill = (now: number): void => {
    // A clock that jumped back fills nothing.
    level = Math.min(perMinute, level + (Math.max(0, now - at) * perMinute) / 60_000);
    at = now;
  };
  return {
    waitFor(amount, now) {
      fill(now);
      // More than a minute's worth waits for a full bucket.
      const lacking = Math.min(amount, perMinute) - level;
      return lacking <= 1e-9 ? 0 : (lacking * 60_000) / perMinute;
    },
    take(amount, now) {
      fill(now);
      level -= amount;
    },
  };
}

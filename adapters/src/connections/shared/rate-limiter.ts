import { HeddleError, type TimeSource } from '@heddle/core';

export interface RateLimits {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly concurrency: number;
}

interface RateLimiterOptions {
  readonly connection: string;
  readonly limits: RateLimits;
  readonly clock: TimeSource;
  readonly queueLimit?: number;
}

/** A call in the queue of a connection. */
export interface Ticket {
  /** Waits for the next change: the new position in the queue (1 is next), or `ready` when the call may start. */
  next(): Promise<number | 'ready'>;
  /** Reports how many tokens the call really used. */
  settle(tokens: number): void;
  /** Leaves the queue, or ends the call. */
  leave(): void;
}

interface Waiting {
  readonly tokens: number;
  position: number;
  wake: () => void;
  isReady: boolean;
}

/**
 * Limits requests a minute, tokens a minute and concurrent calls, over all runs together. First come, first served: no call overtakes a
 * large one at the head, so that it cannot starve.
 */
export class RateLimiter {
  private readonly options: RateLimiterOptions;
  private readonly requests: Bucket;
  private readonly tokens: Bucket;
  private readonly line: Waiting[] = [];
  private inFlight = 0;
  private pausedUntil = 0;
  private cancelTimer: (() => void) | undefined;

  constructor(options: RateLimiterOptions) {
    this.options = options;
    this.requests = createBucket(options.limits.requestsPerMinute, options.clock.now());
    this.tokens = createBucket(options.limits.tokensPerMinute, options.clock.now());
  }

  /** Joins the queue. `expected` is the number of tokens that the call is expected to use. Errors: `model_busy`. */
  enter(expected: number): Ticket {
    if (this.line.length >= (this.options.queueLimit ?? 1000))
      throw new HeddleError(
        'model_busy',
        `${this.line.length} calls are already waiting for connection '${this.options.connection}': raise its limits, or start fewer runs at once.`,
        { details: { connection: this.options.connection, waiting: this.line.length } },
      );
    const entry: Waiting = { tokens: expected, position: 0, wake: () => undefined, isReady: false };
    let reported = 0;
    let isGone = false;
    this.line.push(entry);
    this.serve();
    return {
      async next() {
        while (!entry.isReady && (entry.position === reported || entry.position === 0) && !isGone)
          await new Promise<void>((resolve) => (entry.wake = resolve));
        if (entry.isReady) return 'ready';
        reported = entry.position;
        return reported;
      },
      settle: (used) => {
        this.tokens.take(used - expected, this.options.clock.now());
      },
      leave: () => {
        if (isGone) return;
        isGone = true;
        if (entry.isReady) this.inFlight -= 1;
        else this.line.splice(this.line.indexOf(entry), 1);
        entry.wake();
        this.serve();
      },
    };
  }

  /** Holds all calls until a time, because the provider asked to wait. */
  pauseUntil(time: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, time);
    this.serve();
  }

  state(): { readonly inFlight: number; readonly waiting: number; readonly pausedUntil: number | undefined } {
    return {
      inFlight: this.inFlight,
      waiting: this.line.length,
      pausedUntil: this.pausedUntil > this.options.clock.now() ? this.pausedUntil : undefined,
    };
  }

  private serve(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    for (
      let head = this.line[0];
      head !== undefined && this.inFlight < this.options.limits.concurrency;
      head = this.line[0]
    ) {
      const now = this.options.clock.now();
      const wait = Math.max(
        this.pausedUntil - now,
        this.requests.waitFor(1, now),
        this.tokens.waitFor(head.tokens, now),
      );
      if (wait > 0) {
        this.cancelTimer = this.options.clock.at(now + Math.ceil(wait), () => this.serve());
        break;
      }
      this.requests.take(1, now);
      this.tokens.take(head.tokens, now);
      this.inFlight += 1;
      this.line.shift();
      head.isReady = true;
      head.wake();
    }
    this.line.forEach((entry, index) => {
      if (entry.position === index + 1) return;
      entry.position = index + 1;
      entry.wake();
    });
  }
}

interface Bucket {
  /** Milliseconds until the bucket holds the amount. */
  waitFor(amount: number, now: number): number;
  take(amount: number, now: number): void;
}

/** A token bucket that fills evenly over a minute; without a rate it is never empty. */
function createBucket(perMinute: number | undefined, startedAt: number): Bucket {
  if (perMinute === undefined) return { waitFor: () => 0, take: () => undefined };
  let level = perMinute;
  let at = startedAt;
  const fill = (now: number): void => {
    // If the clock jumped back, nothing is added.
    level = Math.min(perMinute, level + (Math.max(0, now - at) * perMinute) / 60_000);
    at = now;
  };
  return {
    waitFor(amount, now) {
      fill(now);
      // An amount above that of a minute only needs a full bucket.
      const lacking = Math.min(amount, perMinute) - level;
      return lacking <= 1e-9 ? 0 : (lacking * 60_000) / perMinute;
    },
    take(amount, now) {
      fill(now);
      level -= amount;
    },
  };
}

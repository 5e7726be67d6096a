import { HeddleError, type Clock } from '@heddle/core';

interface Bucket {
  left: number;
  at: number;
}

/** Rate limits by name, in memory: token buckets that fill evenly over a minute. */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Takes one of `perMinute`, and gives how many are left. Errors: `too_many_requests` with the seconds to wait. */
  take(name: string, perMinute: number): number {
    const now = this.clock.now();
    const bucket = this.buckets.get(name) ?? this.open(name, perMinute, now);
    bucket.left = Math.min(perMinute, bucket.left + (Math.max(0, now - bucket.at) * perMinute) / 60_000);
    bucket.at = now;
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return Math.floor(bucket.left);
    }
    throw new HeddleError('too_many_requests', 'Too many requests: wait a little and try again.', {
      details: { retryAfterSeconds: Math.ceil(((1 - bucket.left) * 60) / perMinute) },
    });
  }

  /** Gives one back that should not have counted. */
  giveBack(name: string): void {
    const bucket = this.buckets.get(name);
    if (bucket !== undefined) bucket.left += 1;
  }

  /** Resets the count of a name, for example after a successful sign-in. */
  clear(name: string): void {
    this.buckets.delete(name);
  }

  private open(name: string, perMinute: number, now: number): Bucket {
    // Names come from outside. A bucket without use for a minute is full again and is removed.
    if (this.buckets.size >= 10_000)
      for (const [old, { at }] of this.buckets)
        if (now - at > 60_000 || this.buckets.size >= 20_000) this.buckets.delete(old);
    const bucket = { left: perMinute, at: now };
    this.buckets.set(name, bucket);
    return bucket;
  }
}

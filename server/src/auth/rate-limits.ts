import { createHash } from 'node:crypto';
import { HeddleError, type Clock, type SharedLimits } from '@heddle/core';

interface Bucket {
  perMinute: number;
  left: number;
  at: number;
  /** Until then the bucket counts as empty, because other processes have taken the rest. */
  closedUntil: number;
}

/**
 * Rate limits by name, in memory: token buckets that fill evenly over a minute. With `shared`, all processes count together: each take is
 * counted there too, and this process learns a moment later what the others took.
 */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly shared?: SharedLimits,
  ) {}

  /** Takes one of `perMinute` and returns how many are left. Errors: `too_many_requests` with the seconds to wait. */
  take(name: string, perMinute: number): number {
    const now = this.clock.now();
    const bucket = this.buckets.get(name) ?? this.open(name, perMinute, now);
    bucket.left = Math.min(perMinute, bucket.left + (Math.max(0, now - bucket.at) * perMinute) / 60_000);
    bucket.at = now;
    bucket.perMinute = perMinute;
    if (now < bucket.closedUntil) throw tooMany(bucket.closedUntil - now);
    if (bucket.left < 1) throw tooMany(((1 - bucket.left) * 60_000) / perMinute);
    bucket.left -= 1;
    if (this.shared !== undefined) void this.share(this.shared, name, bucket);
    return Math.floor(bucket.left);
  }

  /** Gives back one that should not have counted. */
  giveBack(name: string): void {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) return;
    bucket.left += 1;
    void this.shared?.giveBack(keyOf(name), limitOf(bucket));
  }

  /** Resets the count of a name, for example after a successful sign-in. */
  clear(name: string): void {
    const bucket = this.buckets.get(name);
    this.buckets.delete(name);
    if (bucket !== undefined) void this.shared?.clear(keyOf(name), limitOf(bucket));
  }

  private async share(shared: SharedLimits, name: string, bucket: Bucket): Promise<void> {
    const { isAllowed, remaining, waitMs } = await shared.take(keyOf(name), limitOf(bucket));
    bucket.left = Math.min(bucket.left, remaining);
    if (!isAllowed) bucket.closedUntil = this.clock.now() + waitMs;
  }

  private open(name: string, perMinute: number, now: number): Bucket {
    // Names come from outside, so there may be many. A bucket that was not used for a minute is full again and is removed.
    if (this.buckets.size >= 10_000)
      for (const [old, { at }] of this.buckets)
        if (now - at > 60_000 || this.buckets.size >= 20_000) this.buckets.delete(old);
    const bucket = { perMinute, left: perMinute, at: now, closedUntil: 0 };
    this.buckets.set(name, bucket);
    return bucket;
  }
}

const limitOf = ({ perMinute }: Bucket) => ({ points: perMinute, seconds: 60 });

/** Hashed, because names contain network and e-mail addresses, which other servers need not know. */
const keyOf = (name: string): string => createHash('sha256').update(name).digest('base64url');

const tooMany = (waitMs: number): HeddleError =>
  new HeddleError('too_many_requests', 'Too many requests: wait a little and try again.', {
    details: { retryAfterSeconds: Math.ceil(waitMs / 1_000) },
  });

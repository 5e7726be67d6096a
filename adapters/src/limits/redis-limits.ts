import type { SharedLimit, SharedLimits, TakenPoints } from '@heddle/core';
import type * as Library from 'rate-limiter-flexible';
import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisConnections } from '../redis/connect-redis.js';

/** How limits are shared. */
interface RedisLimitsOptions {
  /** What all keys begin with. Default `heddle`. */
  readonly prefix?: string | undefined;
  /** How many processes share the limits, at least 1: each has its part while Redis is away. */
  readonly processes: () => number;
}

/** A limit on Redis, and the part of it that this process has by itself. */
interface Limiters {
  readonly shared: RateLimiterAbstract;
  readonly own: (points: number) => RateLimiterAbstract;
}

/**
 * Rate limits on Redis. The connections stay those of the caller.
 *
 * @example const limits = await createRedisLimits(redis, { processes: () => 3 }); await limits.take('key:1', { points: 60, seconds: 60 });
 */
export async function createRedisLimits(redis: RedisConnections, options: RedisLimitsOptions): Promise<SharedLimits> {
  const { prefix = 'heddle', processes } = options;
  const library = await import('rate-limiter-flexible');
  const limitersOf = keepLimiters(library, redis, prefix);
  const share = (points: number): number => Math.max(1, Math.floor(points / Math.max(1, processes())));

  async function consume(limiter: RateLimiterAbstract, key: string, points: number): Promise<TakenPoints> {
    try {
      return taken(await limiter.consume(key, points), true);
    } catch (error) {
      if (error instanceof library.RateLimiterRes) return taken(error, false);
      throw error;
    }
  }

  return {
    async take(key, limit, points = 1) {
      const { shared, own } = limitersOf(limit);
      try {
        return await consume(shared, key, points);
      } catch {
        return consume(own(share(limit.points)), key, points);
      }
    },
    async giveBack(key, limit, points = 1) {
      const { shared, own } = limitersOf(limit);
      // Redis may be away: then it was taken here.
      await shared.reward(key, points).catch(() => own(share(limit.points)).reward(key, points));
    },
    async clear(key, limit) {
      const { shared, own } = limitersOf(limit);
      await own(share(limit.points)).delete(key);
      await shared.delete(key).catch(() => false); // it is away, and what was taken there expires
    },
    async pause(key, limit, forMs) {
      const { shared, own } = limitersOf(limit);
      const seconds = Math.max(1, Math.ceil(forMs / 1_000));
      // Here in any case: Redis may be away at the next request.
      await own(share(limit.points)).block(key, seconds);
      await shared.block(key, seconds).catch(() => undefined); // the others find out for themselves
    },
  };
}

/** The limiters of each limit, made once. */
function keepLimiters(
  { RateLimiterMemory, RateLimiterRedis }: typeof Library,
  redis: RedisConnections,
  prefix: string,
): (limit: SharedLimit) => Limiters {
  const known = new Map<string, Limiters>();

  function limitersOf({ points, seconds }: SharedLimit): Limiters {
    const name = `${points}/${seconds}`;
    const made = known.get(name) ?? {
      shared: new RateLimiterRedis({
        storeClient: redis.prompt(),
        keyPrefix: `${prefix}:limit:${name}`,
        points,
        duration: seconds,
      }),
      own: memoryOf(seconds),
    };
    known.set(name, made);
    return made;
  }

  /** One memory for each number of points, as the number of processes changes. */
  function memoryOf(seconds: number): (points: number) => RateLimiterAbstract {
    const bySize = new Map<number, RateLimiterAbstract>();
    return (points) => {
      const limiter =
        bySize.get(points) ?? new RateLimiterMemory({ keyPrefix: `${points}`, points, duration: seconds });
      bySize.set(points, limiter);
      return limiter;
    };
  }
  return limitersOf;
}

const taken = ({ remainingPoints, msBeforeNext }: RateLimiterRes, isAllowed: boolean): TakenPoints => ({
  isAllowed,
  remaining: Math.max(0, remainingPoints),
  waitMs: isAllowed ? 0 : Math.max(1, msBeforeNext),
});

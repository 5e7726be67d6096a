import type { SharedLimit, SharedLimits, PointsReply } from '@heddle/core';
import type * as Library from 'rate-limiter-flexible';
import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisConnections } from '../redis/connect-redis.js';

interface RedisLimitsOptions {
  /** The prefix of all keys. Default `heddle`. */
  readonly prefix?: string | undefined;
  /** How many processes share the limits, at least 1. While Redis is unreachable, each process enforces its share. */
  readonly processes: () => number;
}

/** A limit in Redis, and a local limiter for this process's share of it. */
interface Limiters {
  readonly shared: RateLimiterAbstract;
  readonly own: (points: number) => RateLimiterAbstract;
}

/**
 * Creates rate limits in Redis. The caller keeps and closes the connections.
 *
 * @example const limits = await createRedisLimits(redis, { processes: () => 3 }); await limits.take('key:1', { points: 60, seconds: 60 });
 */
export async function createRedisLimits(redis: RedisConnections, options: RedisLimitsOptions): Promise<SharedLimits> {
  const { prefix = 'heddle', processes } = options;
  const library = await import('rate-limiter-flexible');
  const limitersOf = keepLimiters(library, redis, prefix);
  const share = (points: number): number => Math.max(1, Math.floor(points / Math.max(1, processes())));

  async function consume(limiter: RateLimiterAbstract, key: string, points: number): Promise<PointsReply> {
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
      // If Redis is unreachable, the points were taken from the local limiter.
      await shared.reward(key, points).catch(() => own(share(limit.points)).reward(key, points));
    },
    async clear(key, limit) {
      const { shared, own } = limitersOf(limit);
      await own(share(limit.points)).delete(key);
      await shared.delete(key).catch(() => false); // Redis is unreachable; the points taken there expire.
    },
    async pause(key, limit, forMs) {
      const { shared, own } = limitersOf(limit);
      const seconds = Math.max(1, Math.ceil(forMs / 1_000));
      // Blocked locally in any case, because Redis may be unreachable at the next request.
      await own(share(limit.points)).block(key, seconds);
      await shared.block(key, seconds).catch(() => undefined); // The other processes detect it themselves.
    },
  };
}

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

  /** One local limiter for each number of points: the share changes with the number of processes. */
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

const taken = ({ remainingPoints, msBeforeNext }: RateLimiterRes, isAllowed: boolean): PointsReply => ({
  isAllowed,
  remaining: Math.max(0, remainingPoints),
  waitMs: isAllowed ? 0 : Math.max(1, msBeforeNext),
});

import { createRedisBus } from '@heddle/adapters/bus';
import { createRedisDispatch } from '@heddle/adapters/dispatch';
import { createRedisLimits } from '@heddle/adapters/limits';
import { connectRedis, type RedisConnections } from '@heddle/adapters/redis';
import { HeddleError, type Clock, type Dispatch, type RunBus, type SharedLimits } from '@heddle/core';
import type { Log } from '../../common/log.js';
import { logOutages, watchServer } from './watch-server.js';
import { within } from './within.js';

/** What the processes on one database share through a Redis server: hints for workers, events of runs, and rate limits. */
export interface OpenedRedis {
  readonly dispatch: Dispatch;
  readonly bus: RunBus;
  readonly limits: SharedLimits;
  /** Throws `queue_*` if Redis cannot be used now. */
  check(): void;
  /** Whether hints arrive at present. */
  hasHints(): boolean;
  close(): Promise<void>;
}

/** How long closing waits for a server that does not answer. */
const longestCloseMs = 2_000;

/**
 * Connects to the Redis server of the processes on one database. All keys begin with `prefix`, so that several databases can share a
 * server. Errors: `queue_unreachable`, `queue_refused`, `queue_unsuitable`, `setting_invalid`.
 *
 * @example const redis = await openRedis('redis://queue:6379', { prefix: 'heddle:1f3a', clock, log });
 */
export async function openRedis(
  url: string,
  { prefix, clock, log }: { readonly prefix: string; readonly clock: Clock; readonly log: Log },
): Promise<OpenedRedis> {
  const redis = await connectRedis({ url });
  const dispatch = await createRedisDispatch(redis, { prefix });
  const bus = createRedisBus(redis, { clock, prefix });
  // While Redis is unreachable, each process counts by itself, as it does without Redis.
  const limits = await createRedisLimits(redis, { prefix, processes: () => 1 });
  const { check, hasHints, stop } = watchRedis(redis, clock, log);
  return {
    dispatch,
    bus,
    limits,
    check,
    hasHints,
    async close() {
      stop();
      await within(longestCloseMs, bus.close());
      await within(longestCloseMs, dispatch.close());
      await redis.close();
    },
  };
}

/** Checks Redis every second, and logs when it becomes unreachable and when it is back. */
function watchRedis(redis: RedisConnections, clock: Clock, log: Log) {
  const watch = watchServer({
    clock,
    ping: logOutages(() => redis.check(), log, {
      away: 'Redis cannot be used; runs go on, and workers look for them in the database',
      back: `Redis at ${redis.host} is back`,
    }),
    unanswered: (seconds) =>
      new HeddleError(
        'queue_unreachable',
        `Redis at ${redis.host} has not answered for ${seconds} s: check that it runs, and the network to it.`,
      ),
  });
  const hasHints = (): boolean => {
    try {
      watch.check();
      return true;
    } catch {
      return false;
    }
  };
  return { check: () => watch.check(), hasHints, stop: () => watch.stop() };
}

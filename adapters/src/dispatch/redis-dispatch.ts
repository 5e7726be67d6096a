import { dispatchTimes, type Dispatch, type DispatchTimes } from '@heddle/core';
import type { RedisConnections } from '../redis/connect-redis.js';
import { toRedisError } from '../redis/redis-error.js';
import { createBullDispatch } from './bull-dispatch.js';
import { workerOptions } from './bull-engine.js';

interface RedisDispatchOptions {
  /** The prefix of all its keys. Default `heddle`. */
  readonly prefix?: string | undefined;
  readonly times?: DispatchTimes | undefined;
}

/**
 * Sends hints through Redis or Valkey. The caller keeps and closes the connections.
 *
 * @example const dispatch = await createRedisDispatch(await connectRedis({ url: 'redis://queue:6379' }));
 */
export async function createRedisDispatch(
  redis: RedisConnections,
  { prefix = 'heddle', times = dispatchTimes }: RedisDispatchOptions = {},
): Promise<Dispatch> {
  const { Queue, Worker } = await import('bullmq');
  return createBullDispatch({
    queue(name) {
      const queue = new Queue(name, { connection: redis.prompt(), prefix, skipWaitingForReady: true });
      queue.on('error', () => undefined);
      return queue;
    },
    worker(name, process, concurrency) {
      const connection = redis.patient();
      const worker = new Worker(name, process, { ...workerOptions(times), connection, prefix, concurrency });
      // BullMQ retries an unreachable server; the watchdog notices a worker that stays silent.
      worker.on('error', () => undefined);
      worker.on('closed', () => connection.disconnect());
      return worker;
    },
    toError: (error) => toRedisError(error, redis.host),
    close: () => Promise.resolve(),
  });
}

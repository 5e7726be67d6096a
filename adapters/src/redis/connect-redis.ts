import { HeddleError } from '@heddle/core';
import type { Redis, RedisOptions } from 'ioredis';
import { checkRedis } from './check-redis.js';
import { toRedisError } from './redis-error.js';

interface RedisAddress {
  /** Such as `redis://user:password@host:6379/0`, or `rediss://…` for TLS. */
  readonly url: string;
  /** A command fails after this many milliseconds without an answer. Default 3,000. */
  readonly timeoutMs?: number | undefined;
}

/** Connections to one Redis server. They reconnect automatically. */
export interface RedisConnections {
  /** The server in messages: without the password. */
  readonly host: string;
  /** A connection whose commands fail at once while the server is unreachable. */
  prompt(): Redis;
  /** A connection whose commands wait until the server is reachable again. */
  patient(): Redis;
  /**
   * Checks again whether the server can be used and written to. Errors: `queue_unreachable`, `queue_refused`, `queue_unsuitable`,
   * `queue_failed`.
   */
  check(): Promise<void>;
  close(): Promise<void>;
}

const longestPauseMs = 1_000;

/**
 * Connects to the server and checks it. Errors: `setting_invalid`, `queue_unreachable`, `queue_refused`, `queue_unsuitable`.
 *
 * @example const redis = await connectRedis({ url: 'redis://queue:6379' });
 */
export async function connectRedis({ url, timeoutMs = 3_000 }: RedisAddress): Promise<RedisConnections> {
  const host = hostOf(url);
  const { Redis: Client } = await import('ioredis');
  const clients = new Set<Redis>();
  const open = (options: RedisOptions): Redis => {
    const client = new Client(url, {
      connectTimeout: timeoutMs,
      keepAlive: 10_000,
      retryStrategy: (times) => Math.min(longestPauseMs, 25 * 2 ** Math.min(times, 10)),
      // After a failover, the old primary is a replica; a new connection to the address reaches the new primary.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
      ...options,
    });
    // Without a listener, the error of a broken connection would end the process.
    client.on('error', () => undefined);
    clients.add(client);
    client.once('end', () => clients.delete(client));
    return client;
  };
  const first = open({
    commandTimeout: timeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    lazyConnect: true,
  });
  try {
    await connected(first);
    checkRedis(await first.info(), host);
  } catch (error) {
    first.disconnect();
    throw toRedisError(error, host);
  }
  return {
    host,
    prompt: () => first,
    patient: () => open({ maxRetriesPerRequest: null }),
    async check() {
      try {
        checkRedis(await first.info(), host);
        // A server without free memory or disk space still answers but accepts no writes.
        await first.set('heddle:check', '', 'PX', 10_000);
      } catch (error) {
        throw toRedisError(error, host);
      }
    },
    async close() {
      for (const client of clients) client.disconnect();
      await Promise.resolve();
    },
  };
}

/** The reason for a failed connection comes as an event; the promise only reports the failure. */
async function connected(client: Redis): Promise<void> {
  let reason: Error | undefined;
  const note = (error: Error): void => void (reason ??= error);
  client.on('error', note);
  try {
    await client.connect();
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.off('error', note);
  }
}

/** The server in messages: without the password. Errors: `setting_invalid`. */
function hostOf(url: string): string {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^rediss?:$/.test(address.protocol) || address.host === '')
    throw new HeddleError(
      'setting_invalid',
      'The address of Redis is not valid: write it as redis://user:password@host:6379, or rediss://… for TLS.',
    );
  return address.host;
}

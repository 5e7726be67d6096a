import { createHmac } from 'node:crypto';
import type { PostgresDatabase } from '@heddle/adapters/postgres';
import { HeddleError, type Dispatch } from '@heddle/core';
import { realClock } from '../../common/real-clock.js';
import type { Log } from '../../common/log.js';
import { redisUrlOf } from '../../settings/server-urls.js';
import type { Settings } from '../../settings/settings-table.js';
import type { OpenedRedis } from './open-redis.js';
import { within } from './within.js';

/** What connects the processes on a database beside its tables. */
export interface OpenedQueues {
  /** Hints of runs; without it, each process looks for runs by itself. */
  readonly dispatch?: Dispatch | undefined;
  readonly redis?: OpenedRedis | undefined;
  close(): Promise<void>;
}

/** What the queues are opened with. */
export interface QueuesOptions {
  /** The address of the database. */
  readonly url: string;
  readonly database: PostgresDatabase;
  /** The key of stored secrets. */
  readonly key: Buffer;
  readonly settings: Settings;
  readonly log: Log;
}

/** A queue that is away is not waited for. */
const longestCloseMs = 2_000;

/** Where the hints of the processes on a database go. Errors: `setting_invalid`. */
export function queueOf(
  settings: Pick<Settings, 'queue' | 'redisUrl' | 'redisUrlFile'>,
): 'redis' | 'postgres' | 'none' {
  const { queue } = settings;
  const hasRedis = redisUrlOf(settings) !== undefined;
  if (queue === undefined) return hasRedis ? 'redis' : 'none';
  if (hasRedis && queue !== 'redis')
    throw unsuitable(`${queue} is for processes without Redis, and HEDDLE_REDIS_URL is set: remove one of them.`);
  if (!hasRedis && queue === 'redis')
    throw unsuitable('redis needs the address of a Redis server: set HEDDLE_REDIS_URL too, or remove HEDDLE_QUEUE.');
  return queue;
}

const unsuitable = (reason: string): HeddleError =>
  new HeddleError('setting_invalid', `HEDDLE_QUEUE=${reason}`, {
    details: { settings: ['HEDDLE_QUEUE', 'HEDDLE_REDIS_URL'] },
  });

/**
 * Opens what the settings name: Redis, the queue in the database, or neither. What it needs is loaded only then. Errors: `setting_invalid`,
 * `queue_*` of Redis, `database_*` of the queue in the database.
 *
 * @example const queues = await openQueues({ url, database, key, settings, log });
 */
export async function openQueues(options: QueuesOptions): Promise<OpenedQueues> {
  const { url, settings } = options;
  switch (queueOf(settings)) {
    case 'none':
      return { close: () => Promise.resolve() };
    case 'postgres': {
      const { createPostgresDispatch } = await import('@heddle/adapters/dispatch');
      const dispatch = await createPostgresDispatch({ url, mayMigrate: settings.databaseMigrate === 'true' });
      return { dispatch, close: () => within(longestCloseMs, dispatch.close()) };
    }
    case 'redis': {
      const redis = await openRedisOf(options);
      return { redis, dispatch: redis?.dispatch, close: async () => redis?.close() };
    }
  }
}

/** Its keys carry a name that others cannot guess, and that differs between databases. */
async function openRedisOf({ database, key, settings, log }: QueuesOptions): Promise<OpenedRedis | undefined> {
  const url = redisUrlOf(settings);
  if (url === undefined) return undefined;
  const [{ bucketOwner }, { openRedis }] = await Promise.all([
    import('@heddle/adapters/buckets'),
    import('./open-redis.js'),
  ]);
  // A copy of a database has its key, its name and the ids of its runs.
  const { id } = await bucketOwner(database);
  const name = createHmac('sha256', key).update(`heddle redis ${id}`).digest('hex');
  return openRedis(url, { prefix: `heddle:${name.slice(0, 16)}`, clock: realClock, log });
}

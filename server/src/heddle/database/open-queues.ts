import { createHmac } from 'node:crypto';
import type { PostgresDatabase } from '@heddle/adapters/postgres';
import { HeddleError, type Dispatch } from '@heddle/core';
import { realClock } from '../../common/real-clock.js';
import type { Log } from '../../common/log.js';
import { redisUrlOf } from '../../settings/server-urls.js';
import type { Settings } from '../../settings/settings-table.js';
import type { OpenedRedis } from './open-redis.js';
import { within } from './within.js';

/** What connects the processes on a database besides its tables. */
export interface OpenedQueues {
  /** Sends hints about runs. If undefined, each process finds runs by polling. */
  readonly dispatch?: Dispatch | undefined;
  readonly redis?: OpenedRedis | undefined;
  close(): Promise<void>;
}

export interface QueuesOptions {
  /** The address of the database. */
  readonly url: string;
  readonly database: PostgresDatabase;
  /** The key that seals stored secrets. */
  readonly key: Buffer;
  readonly settings: Settings;
  readonly log: Log;
}

/** How long closing waits for a queue that does not answer. */
const longestCloseMs = 2_000;

/** Which queue carries the hints between the processes on a database. Errors: `setting_invalid`. */
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
 * Opens the queue that the settings name: Redis, the one in the database, or none. Its library is loaded only then. Errors:
 * `setting_invalid`, `queue_*` of Redis, `database_*` of the queue in the database.
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

/** Opens Redis. Its keys begin with a name that others cannot guess and that is different for each database. */
async function openRedisOf({ database, key, settings, log }: QueuesOptions): Promise<OpenedRedis | undefined> {
  const url = redisUrlOf(settings);
  if (url === undefined) return undefined;
  const [{ bucketOwner }, { openRedis }] = await Promise.all([
    import('@heddle/adapters/buckets'),
    import('./open-redis.js'),
  ]);
  // The secret key is not enough, because a copy of a database has the same key, name and run ids.
  const { id } = await bucketOwner(database);
  const name = createHmac('sha256', key).update(`heddle redis ${id}`).digest('hex');
  return openRedis(url, { prefix: `heddle:${name.slice(0, 16)}`, clock: realClock, log });
}

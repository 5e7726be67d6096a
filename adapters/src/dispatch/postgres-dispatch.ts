import { dispatchTimes, type Dispatch, type DispatchTimes } from '@heddle/core';
import { checkSchema, hostOf } from '../postgres/connection.js';
import { toDatabaseError } from '../postgres/database-error.js';
import { createBullDispatch } from './bull-dispatch.js';
import { workerOptions } from './bull-engine.js';
import { prepareQueueTables, queueSchema } from './queue-tables.js';

export interface PostgresDispatchOptions {
  /** For example `postgres://user:password@host:5432/database`. */
  readonly url: string;
  /** The schema with the tables of the queue. Default `heddle_queue`. */
  readonly schema?: string | undefined;
  /** Whether missing tables are created and old ones migrated. Default: yes. */
  readonly mayMigrate?: boolean | undefined;
  readonly times?: DispatchTimes | undefined;
}

/**
 * The most connections of each queue. A receiver has as many for each class, and one more to listen. Idle connections close after ten
 * seconds.
 */
const connections = 2;

/**
 * Sends hints through Postgres, for installations without Redis. This is beta, because BullMQ's Postgres tables are new. Each receiver
 * keeps a listening connection for each class. Errors: `setting_invalid`, `database_*`.
 *
 * @example const dispatch = await createPostgresDispatch({ url: 'postgres://heddle@db/heddle' });
 */
export async function createPostgresDispatch(options: PostgresDispatchOptions): Promise<Dispatch> {
  const { url, times = dispatchTimes, mayMigrate = true } = options;
  const schema = checkSchema(options.schema ?? queueSchema);
  const host = hostOf(url);
  await prepareQueueTables({ url, schema, mayMigrate });
  const { createPostgresBackend, Queue, Worker } = await import('bullmq');
  const connection = { connectionString: url, schema, max: connections, keepAlive: true, application_name: 'heddle' };
  return createBullDispatch({
    queue(name) {
      const queue = new Queue(name, { connection }, createPostgresBackend);
      queue.on('error', () => undefined);
      return queue;
    },
    worker(name, process, concurrency) {
      const worker = new Worker(
        name,
        process,
        { ...workerOptions(times), connection, concurrency },
        createPostgresBackend,
      );
      worker.on('error', () => undefined);
      return worker;
    },
    toError: (error) => toDatabaseError(error, host),
    close: () => Promise.resolve(),
  });
}

import { dispatchTimes, type Dispatch, type DispatchTimes } from '@heddle/core';
import { checkSchema, hostOf } from '../postgres/connection.js';
import { toDatabaseError } from '../postgres/database-error.js';
import { createBullDispatch } from './bull-dispatch.js';
import { workerOptions } from './bull-engine.js';

/** How hints are kept in Postgres. */
export interface PostgresDispatchOptions {
  /** Such as `postgres://user:password@host:5432/database`. */
  readonly url: string;
  /** The schema with the tables of the queue. Default `heddle_queue`. */
  readonly schema?: string | undefined;
  readonly connections?: number | undefined;
  readonly times?: DispatchTimes | undefined;
}

/**
 * Hints in Postgres, for installations without Redis: beta, as BullMQ's own tables are new there. Each receiver keeps a connection that listens.
 * Errors: `setting_invalid`, `database_*`.
 *
 * @example const dispatch = await createPostgresDispatch({ url: 'postgres://heddle@db/heddle' });
 */
export async function createPostgresDispatch(options: PostgresDispatchOptions): Promise<Dispatch> {
  const { url, connections = 2, times = dispatchTimes } = options;
  const schema = checkSchema(options.schema ?? 'heddle_queue');
  const host = hostOf(url);
  const { createPostgresBackend, Queue, Worker } = await import('bullmq');
  const connection = { connectionString: url, schema, max: connections, keepAlive: true, application_name: 'heddle' };
  const toError = (error: unknown) => toDatabaseError(error, host);
  const dispatch = createBullDispatch({
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
    toError,
    close: () => Promise.resolve(),
  });
  // The tables are made once, before any queue looks for them.
  const first = new Queue('runs', { connection: { ...connection, migrate: true } }, createPostgresBackend);
  first.on('error', () => undefined);
  try {
    await first.waitUntilReady();
  } catch (error) {
    throw toError(error);
  } finally {
    await first.close().catch(() => undefined);
  }
  return dispatch;
}

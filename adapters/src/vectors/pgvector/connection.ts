import { HeddleError } from '@heddle/core';
import type { Pool, PoolClient } from 'pg';
import { stopped, untilAborted } from '../until-aborted.js';
import { toPostgresError } from './postgres-error.js';
import type { Query } from './query.js';
import { prepareSchema, type ServerFacts } from './schema.js';

/** Where the server is. */
export interface PgvectorOptions {
  /** Such as `postgres://user:password@host:5432/database`. The user may create tables; pgvector is installed there. */
  readonly url: string;
  /** The schema with Heddle's tables. Default `heddle_vectors`. */
  readonly schema?: string;
  /** Milliseconds until a statement counts as unanswered. Default 60,000. */
  readonly timeoutMs?: number;
  readonly connections?: number;
  /** Passages from which a collection gets an approximate index (HNSW); below it, vectors are compared exactly. Default 20,000. */
  readonly indexFrom?: number;
}

/** Connections to one server, whose calls fail with Heddle's errors and end at a signal. */
export interface Connection {
  /** Runs statements in one transaction on one connection. */
  transaction<Result>(
    work: (query: Query, facts: ServerFacts) => Promise<Result>,
    options?: { readonly collection?: string; readonly signal?: AbortSignal },
  ): Promise<Result>;
  close(): Promise<void>;
}

/** Connects when the first statement is sent. Errors: `setting_invalid`. */
export function connect(options: PgvectorOptions): Connection {
  const host = hostOf(options.url);
  const schema = schemaOf(options);
  let opening: Promise<{ readonly pool: Pool; readonly facts: ServerFacts }> | undefined;
  const open = async (): Promise<{ readonly pool: Pool; readonly facts: ServerFacts }> => {
    const pool = await openPool(options);
    try {
      return { pool, facts: await inTransaction(pool, (query) => prepareSchema(query, schema)) };
    } catch (error) {
      await pool.end();
      throw error;
    }
  };
  const opened = (): Promise<{ readonly pool: Pool; readonly facts: ServerFacts }> =>
    (opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));
  return {
    async transaction(work, { collection, signal } = {}) {
      if (signal?.aborted === true) throw stopped(signal);
      const run = async () => {
        const { pool, facts } = await opened();
        return inTransaction(pool, (query) => work(query, facts));
      };
      try {
        return await untilAborted(run(), signal);
      } catch (error) {
        throw toPostgresError(error, { host, collection });
      }
    },
    async close() {
      const last = opening;
      opening = undefined;
      await (await last)?.pool.end();
    },
  };
}

/** The name of the schema. Errors: `setting_invalid`. */
export function schemaOf({ schema = 'heddle_vectors' }: Pick<PgvectorOptions, 'schema'>): string {
  if (/^[a-z][a-z0-9_]{0,40}$/.test(schema)) return schema;
  throw new HeddleError('setting_invalid', `'${schema}' is no name of a schema: use lower-case letters, digits and _.`);
}

async function openPool({ url, timeoutMs = 60_000, connections = 8 }: PgvectorOptions): Promise<Pool> {
  const { Pool: Opened } = (await import('pg')).default;
  const pool = new Opened({
    connectionString: url,
    max: connections,
    statement_timeout: timeoutMs,
    // Counts the wait for a free connection too.
    connectionTimeoutMillis: timeoutMs,
    application_name: 'heddle',
  });
  // A connection that breaks is replaced, and what is in use fails with its statement. Without listeners, both would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function inTransaction<Result>(pool: Pool, work: (query: Query) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(queryOf(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    failure = await rolledBack(client, error);
    throw error;
  } finally {
    client.release(failure);
  }
}

/** Undefined where the connection can be used again. */
async function rolledBack(client: PoolClient, error: unknown): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const queryOf =
  (client: PoolClient): Query =>
  async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await client.query(sql, [...values])).rows as Row[]; // the columns are named as in the rows of the callers

/** The server as messages name it: without the password. Errors: `setting_invalid`. */
function hostOf(url: string): string {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^postgres(?:ql)?:$/.test(address.protocol))
    throw new HeddleError(
      'setting_invalid',
      'The address of Postgres is not one: write it as postgres://user:password@host:5432/database.',
    );
  return address.host === '' ? 'the local socket' : address.host;
}

import { HeddleError } from '@heddle/core';
import type { Client, Pool, PoolClient } from 'pg';
import { runPipeline } from './pipeline.js';
import type { Query, Statement } from './query.js';
import { refuseTransactionPooler } from './pooler/refuse-pooler.js';

/** The address of a server, and how to use it. */
interface ConnectionOptions<Facts> {
  /** Such as `postgres://user:password@host:5432/database`. */
  readonly url: string;
  /** A statement fails after this many milliseconds without an answer. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  readonly connections?: number | undefined;
  /** Settings for each new connection, such as `jit = off`. */
  readonly settings?: readonly string[];
  /** The application name of the connections on the server. Default `heddle`. */
  readonly application?: string | undefined;
  /** Whether statements may be sent before earlier ones are answered. */
  readonly isPipelined?: boolean;
  readonly prepare: (query: Query, patient: Query) => Promise<Facts>;
}

/** Connections to one server. They throw errors of the client library; see `faultOf`. */
export interface PostgresConnection<Facts> {
  /** The server in messages: without the password. */
  readonly host: string;
  /** Connects and prepares the database, unless that is done already. */
  open(): Promise<Facts>;
  /** Runs statements in one transaction on one connection. */
  transaction<Result>(work: (query: Query, facts: Facts) => Promise<Result>): Promise<Result>;
  /** Runs one statement in its own transaction. */
  run<Row>(statement: Statement): Promise<readonly Row[]>;
  /** Runs statements in one transaction, and in one round trip if the connection is pipelined (see `runPipeline`). */
  pipeline(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

/** Creates connections to a server. It connects at the first statement. Errors: `setting_invalid`. */
export function connectPostgres<Facts>(options: ConnectionOptions<Facts>): PostgresConnection<Facts> {
  const host = hostOf(options.url);
  interface Opened {
    readonly pool: Pool;
    readonly facts: Facts;
  }
  let opening: Promise<Opened> | undefined;
  const open = async (): Promise<Opened> => {
    const pool = await openPool(options);
    try {
      return { pool, facts: await inTransaction(pool, options.prepare) };
    } catch (error) {
      await pool.end();
      throw error;
    }
  };
  const opened = (): Promise<Opened> =>
    (opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));
  return {
    host,
    open: async () => (await opened()).facts,
    async transaction(work) {
      const { pool, facts } = await opened();
      return inTransaction(pool, (query) => work(query, facts));
    },
    async run<Row>({ name, sql, values }: Statement) {
      const { pool } = await opened();
      // The client needs a mutable array, so the values are copied.
      const result = await pool.query({ name, text: sql, values: [...values] });
      return result.rows as Row[]; // The caller's row type names the columns of its statement.
    },
    async pipeline(statements) {
      const { pool } = await opened();
      await runPipeline(pool, statements);
    },
    async close() {
      const last = opening;
      opening = undefined;
      await (await last?.catch(() => undefined))?.pool.end();
    },
  };
}

/** Checks the name of a schema. Errors: `setting_invalid`. */
export function checkSchema(schema: string): string {
  if (/^[a-z][a-z0-9_]{0,40}$/.test(schema)) return schema;
  throw new HeddleError(
    'setting_invalid',
    `'${schema}' is not a valid schema name: use lower-case letters, digits and _.`,
  );
}

async function openPool<Facts>(options: ConnectionOptions<Facts>): Promise<Pool> {
  const { url, timeoutMs = 60_000, connections = 8, settings = [], isPipelined = false } = options;
  const { application = 'heddle' } = options;
  const { Client, Pool: Opened, types } = (await import('pg')).default;
  // The time limit includes waiting for a free connection.
  const address = { connectionString: url, connectionTimeoutMillis: timeoutMs, application_name: application };
  const openAnother = async (): Promise<Client> => {
    const client = new Client(address);
    client.on('error', () => undefined); // The statement in progress fails with the same error.
    await client.connect();
    return client;
  };
  // Set by statements: poolers refuse a time limit in the startup message of a connection.
  const limits = [`statement_timeout = ${timeoutMs}`, ...settings];
  let isChecked = false;
  const pool = new Opened({
    ...address,
    max: connections,
    // A connection that was lost silently gives no answer. So the client gives up a little later than the server would.
    query_timeout: timeoutMs + 1_000,
    keepAlive: true,
    pipeline: isPipelined,
    // Counts are returned as numbers. The client would return them as texts, because JavaScript numbers are not exact above 2^53.
    types: {
      getTypeParser: (type, format): ((value: string) => unknown) =>
        type === types.builtins.INT8 ? Number : (types.getTypeParser(type, format) as (value: string) => unknown),
    },
    // oxlint-disable-next-line typescript/no-misused-promises -- the client waits for it, though its types do not say so
    onConnect: async (client) => {
      // Before any setting is made: behind such a pooler, it would change the session of other clients.
      if (!isChecked) await refuseTransactionPooler(client, hostOf(url), openAnother);
      isChecked = true;
      for (const setting of limits) await client.query(`SET ${setting}`);
    },
  });
  // A broken connection is replaced, and the statement in progress fails. Without these listeners, its error would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function inTransaction<Result>(
  pool: Pool,
  work: (query: Query, patient: Query) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(queryOf(client), queryOf(client, patientMs));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    failure = await rolledBack(client, error);
    throw error;
  } finally {
    client.release(failure);
  }
}

/** Rolls back; undefined if the connection can be used again. */
async function rolledBack(client: PoolClient, error: unknown): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** One day. The client cannot express that a statement has no limit. */
const patientMs = 86_400_000;

/** Runs statements on a connection. `limitMs` replaces the time limit of the connection. */
const queryOf =
  (client: PoolClient, limitMs?: number): Query =>
  async <Row>(sql: string, values: readonly unknown[] = []) => {
    const limit = limitMs === undefined ? {} : { query_timeout: limitMs };
    const { rows } = await client.query({ text: sql, values: [...values], ...limit });
    return rows as Row[]; // The caller's row type names the columns of its statement.
  };

/** The server in messages: without the password. Errors: `setting_invalid`. */
export function hostOf(url: string): string {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^postgres(?:ql)?:$/.test(address.protocol))
    throw new HeddleError(
      'setting_invalid',
      'The address of Postgres is not valid: write it as postgres://user:password@host:5432/database.',
    );
  return address.host === '' ? 'the local socket' : address.host;
}

/** An address that may be shown: without the password and without the parameters after the database. */
export function withoutPassword(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
}

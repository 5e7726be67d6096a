import { HeddleError } from '@heddle/core';
import type { Client, Pool, PoolClient } from 'pg';
import { runPipeline } from './pipeline.js';
import type { Query, Statement } from './query.js';
import { refuseTransactionPooler } from './pooler/refuse-pooler.js';

/** Where a server is, and how to use it. */
interface ConnectionOptions<Facts> {
  /** Such as `postgres://user:password@host:5432/database`. */
  readonly url: string;
  /** Milliseconds until a statement counts as unanswered. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  readonly connections?: number | undefined;
  /** Settings of each new connection, such as `jit = off`. */
  readonly settings?: readonly string[];
  /** The name of the connections on the server. Default `heddle`. */
  readonly application?: string | undefined;
  /** Whether statements may be sent before the answers to earlier ones. */
  readonly isPipelined?: boolean;
  /** Prepares the database in a transaction before the first use. */
  readonly prepare: (query: Query, patient: Query) => Promise<Facts>;
}

/** Connections to one server. Their errors are those of the client; see `faultOf`. */
export interface PostgresConnection<Facts> {
  /** The server as messages name it: without the password. */
  readonly host: string;
  /** Connects and prepares the database, where that has not happened. */
  open(): Promise<Facts>;
  /** Runs statements in one transaction on one connection. */
  transaction<Result>(work: (query: Query, facts: Facts) => Promise<Result>): Promise<Result>;
  /** Runs one statement, which is a transaction of its own. */
  run<Row>(statement: Statement): Promise<readonly Row[]>;
  /** Runs statements in one transaction and one round trip (see `runPipeline`), where the connection is pipelined. */
  pipeline(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

/** Connects when the first statement is sent. Errors: `setting_invalid`. */
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
      // A copy of the values, as the client takes a list that it may change.
      const result = await pool.query({ name, text: sql, values: [...values] });
      return result.rows as Row[]; // the columns are named as in the rows of the callers
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

/** The name of a schema. Errors: `setting_invalid`. */
export function checkSchema(schema: string): string {
  if (/^[a-z][a-z0-9_]{0,40}$/.test(schema)) return schema;
  throw new HeddleError('setting_invalid', `'${schema}' is no name of a schema: use lower-case letters, digits and _.`);
}

async function openPool<Facts>(options: ConnectionOptions<Facts>): Promise<Pool> {
  const { url, timeoutMs = 60_000, connections = 8, settings = [], isPipelined = false } = options;
  const { application = 'heddle' } = options;
  const { Client, Pool: Opened, types } = (await import('pg')).default;
  // The limit counts the wait for a free connection too.
  const address = { connectionString: url, connectionTimeoutMillis: timeoutMs, application_name: application };
  const openAnother = async (): Promise<Client> => {
    const client = new Client(address);
    client.on('error', () => undefined); // the statement in use fails with it
    await client.connect();
    return client;
  };
  // In the request with which a connection begins, poolers refuse the limit.
  const limits = [`statement_timeout = ${timeoutMs}`, ...settings];
  let isChecked = false;
  const pool = new Opened({
    ...address,
    max: connections,
    // A connection that was cut without a word answers nothing: the client gives up a little after the server would.
    query_timeout: timeoutMs + 1_000,
    keepAlive: true,
    pipeline: isPipelined,
    // Counts are numbers. The client would give them as texts, as a number of JavaScript is not exact above 2^53.
    types: {
      getTypeParser: (type, format): ((value: string) => unknown) =>
        type === types.builtins.INT8 ? Number : (types.getTypeParser(type, format) as (value: string) => unknown),
    },
    // oxlint-disable-next-line typescript/no-misused-promises -- the client waits for it, though its types do not say so
    onConnect: async (client) => {
      // Before anything is set, as that would be the session of others.
      if (!isChecked) await refuseTransactionPooler(client, hostOf(url), openAnother);
      isChecked = true;
      for (const setting of limits) await client.query(`SET ${setting}`);
    },
  });
  // A connection that breaks is replaced, and what is in use fails with its statement. Without listeners, both would end the process.
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

/** Undefined where the connection can be used again. */
async function rolledBack(client: PoolClient, error: unknown): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A day. The client has no way to say that a statement has no limit. */
const patientMs = 86_400_000;

/** With a limit, the client waits so many milliseconds in place of those of its connection. */
const queryOf =
  (client: PoolClient, limitMs?: number): Query =>
  async <Row>(sql: string, values: readonly unknown[] = []) => {
    const limit = limitMs === undefined ? {} : { query_timeout: limitMs };
    const { rows } = await client.query({ text: sql, values: [...values], ...limit });
    return rows as Row[]; // the columns are named as in the rows of the callers
  };

/** The server as messages name it: without the password. Errors: `setting_invalid`. */
export function hostOf(url: string): string {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^postgres(?:ql)?:$/.test(address.protocol))
    throw new HeddleError(
      'setting_invalid',
      'The address of Postgres is not one: write it as postgres://user:password@host:5432/database.',
    );
  return address.host === '' ? 'the local socket' : address.host;
}

/** An address as people may see it: without the password, and without what follows the database. */
export function withoutPassword(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
}

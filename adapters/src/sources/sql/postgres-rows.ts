import { HeddleError, withoutUndefined, type SourceRequest } from '@heddle/core';
import type { Client, FieldDef } from 'pg';
import type { ServerAddress, SqlConfig } from './sql-config.js';
import {
  asTable,
  columnOf,
  notSelect,
  SpoolWriter,
  statementOf,
  tooLate,
  type Dialect,
  type SqlReading,
} from './sql-rows.js';

const connectMs = 20_000;
const rowsTogether = 20;

/** The types that stay numbers or booleans in metadata, by their OIDs in Postgres. */
const numbers: ReadonlySet<number> = new Set([20, 21, 23, 700, 701, 1700]);
const truth = 16;
/** Arrays of text, varchar, char and name. */
const textArrays: ReadonlySet<number> = new Set([1009, 1015, 1014, 1003]);

/**
 * Reads rows in one read-only transaction. Errors: `fetch_blocked`, `source_unauthorized`, `source_unreachable`, `source_failed`,
 * `aborted`.
 */
export async function readPostgres(
  { checkHost, secret, signal, config }: SourceRequest<SqlConfig>,
  server: ServerAddress,
  reading: SqlReading,
): Promise<void> {
  const { address, name } = await checkHost(server.host, server.port);
  const password = secret === undefined ? '' : await secret.valueFor(server.url);
  const { Client: Opened } = (await import('pg')).default;
  const client = new Opened({
    host: address,
    port: server.port,
    user: server.user,
    database: server.database,
    // A function, so that no password from the environment or a file is used instead.
    password: () => password,
    ssl:
      config.tls === 'off'
        ? false
        : withoutUndefined({ rejectUnauthorized: config.tls === 'verify', servername: name }),
    connectionTimeoutMillis: connectMs,
    application_name: 'heddle',
  });
  client.on('error', () => undefined); // The statement in progress fails with the same error.
  let isLate = false;
  // The client cannot cancel a statement. The server stops it when the connection is lost.
  const cut = (): void => {
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  };
  const timer = setTimeout(() => {
    isLate = true;
    cut();
  }, reading.timeoutMs + connectMs);
  signal.addEventListener('abort', cut, { once: true });
  try {
    signal.throwIfAborted();
    await client.connect();
    await readAll(client, reading);
  } catch (error) {
    if (signal.aborted) throw new HeddleError('aborted', 'The sync was stopped while Postgres read.');
    throw isLate ? tooLate(reading) : meaningOf(error, server, reading);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cut);
    await client.end().catch(() => undefined);
  }
}

async function readAll(client: Client, reading: SqlReading): Promise<void> {
  const { since, timeoutMs } = reading;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(
    `SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'`,
  );
  const { fields } = await client.query(alone(`SELECT * FROM ${asTable(reading.query)} LIMIT 0`));
  const { sql, metadata } = statementOf(
    reading,
    fields.map(({ name }) => name),
    dialectOf(fields),
  );
  await client.query(alone(`DECLARE heddle NO SCROLL CURSOR FOR ${sql}`, since === null ? [] : [since]));
  const rows = new SpoolWriter(reading);
  try {
    for (;;) {
      const { rows: page } = await client.query<Record<string, unknown>>(`FETCH ${rowsTogether} FROM heddle`);
      for (const row of page) rows.add(row, metadata);
      if (page.length < rowsTogether) break;
    }
    rows.checkAll();
  } finally {
    rows.close();
  }
  await client.query('ROLLBACK');
}

/** Forces the extended protocol, which accepts only one statement. */
const alone = (
  text: string,
  values: readonly unknown[] = [],
): { text: string; values: unknown[]; queryMode: 'extended' } => ({ text, values: [...values], queryMode: 'extended' });

function dialectOf(fields: readonly FieldDef[]): Dialect {
  const types = new Map(fields.map(({ name, dataTypeID }) => [columnOf(name, '"'), dataTypeID]));
  return {
    quote: '"',
    asText: (column) => `(${column})::text`,
    byteLength: (text) => `octet_length(${text})`,
    start: (text, length) => `left(${text}, ${length})`,
    truthOf: (column) => `(lower((${column})::text) IN ('t', 'true', 'yes', 'y', 'on', '1'))`,
    metadata: (column) => {
      const type = types.get(column) ?? 0;
      if (type === truth) return column;
      return numbers.has(type) ? `(${column})::float8` : `left((${column})::text, 1000)`;
    },
    list: (column) => (textArrays.has(types.get(column) ?? 0) ? `to_json(${column})::text` : `(${column})::text`),
    parameter: '$1',
  };
}

function meaningOf(error: unknown, server: ServerAddress, reading: SqlReading): unknown {
  if (error instanceof HeddleError) return error;
  // The client gives errors of the server a severity. Their texts contain words of the query, so only their codes are read.
  const { code = '', message = '', severity } = error as Partial<Record<'code' | 'message' | 'severity', string>>; // Errors of the client have these fields.
  const said = message.slice(0, 300);
  return severity === undefined ? meaningOfClient(said, server) : meaningOfServer(code, said, server, reading);
}

function meaningOfServer(
  code: string,
  said: string,
  { host, user, database }: ServerAddress,
  reading: SqlReading,
): HeddleError {
  if (code === '57014') return tooLate(reading);
  if (code.startsWith('28')) return refusesSignIn(host, user);
  if (code === '3D000' || code === '42501')
    return new HeddleError('source_failed', `'${host}' does not allow reading '${database}': ${said}`);
  if (code === '42601') return notSelect('Postgres', said);
  if (/^(?:08|53|57P|40)/.test(code)) return unreachable(host, said);
  return new HeddleError('source_failed', `Postgres refuses the query: ${said}`);
}

function meaningOfClient(said: string, { host, user }: ServerAddress): HeddleError {
  if (/SASL|password/i.test(said)) return refusesSignIn(host, user);
  if (/certificate|self-signed|does not support SSL|altnames/i.test(said))
    return new HeddleError('source_failed', `'${host}' cannot be reached with the TLS setting of the source: ${said}`);
  return unreachable(host, said);
}

const refusesSignIn = (host: string, user: string): HeddleError =>
  new HeddleError(
    'source_unauthorized',
    `'${host}' refuses the sign-in of '${user}': set the secret of the source to its password.`,
  );

const unreachable = (host: string, said: string): HeddleError =>
  new HeddleError('source_unreachable', `'${host}' cannot be reached, or ended the connection: ${said}`);

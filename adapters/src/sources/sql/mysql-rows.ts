import { connect, isIP } from 'node:net';
import { HeddleError, type CheckedHost, type SourceRequest } from '@heddle/core';
import type { Connection, ConnectionOptions, FieldPacket, RowDataPacket } from 'mysql2';
import type { ServerAddress, SqlConfig } from './sql-config.js';
import {
  asTable,
  columnOf,
  SpoolWriter,
  notSelect,
  statementOf,
  tooLate,
  type Dialect,
  type SqlReading,
} from './sql-rows.js';

const connectMs = 20_000;

/** The column types that stay numbers in metadata: integers, decimals, floats and years, by their protocol numbers. */
const numbers: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 8, 9, 13, 246]);

/**
 * Reads rows from MySQL or MariaDB in one read-only transaction. Errors: `fetch_blocked`, `source_unauthorized`, `source_unreachable`,
 * `source_failed`, `aborted`.
 */
export async function readMysql(
  { checkHost, secret, signal, config }: SourceRequest<SqlConfig>,
  server: ServerAddress,
  reading: SqlReading,
): Promise<void> {
  const checked = await checkHost(server.host, server.port);
  const password = secret === undefined ? '' : await secret.valueFor(server.url);
  const { createConnection } = (await import('mysql2')).default;
  signal.throwIfAborted();
  const connection = createConnection(optionsOf(server, checked, config.tls, password));
  connection.on('error', () => undefined); // The statement in progress fails with the same error.
  let isLate = false;
  // A destroyed connection settles no promises, so its end needs a promise of its own. The server stops the statement when it next writes
  // to the lost connection, or at its own time limit.
  let end: (reason: HeddleError) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => (end = reject));
  const cut = (): void => {
    connection.destroy();
    end(new HeddleError('aborted', 'The sync was stopped while MySQL read.'));
  };
  const timer = setTimeout(() => {
    isLate = true;
    cut();
  }, reading.timeoutMs + connectMs);
  signal.addEventListener('abort', cut, { once: true });
  try {
    await Promise.race([readAll(connection, reading), ended]);
  } catch (error) {
    throw isLate ? tooLate(reading) : meaningOf(error, server, reading);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cut);
    connection.destroy();
  }
}

function optionsOf(
  { port, user, database }: ServerAddress,
  { address, name }: CheckedHost,
  tls: SqlConfig['tls'],
  password: string,
): ConnectionOptions {
  return {
    // The certificate is checked against `host`, but the connection goes to the checked address.
    host: name ?? address,
    user,
    database,
    password,
    stream: () => connect({ host: address, port, family: isIP(address) }),
    connectTimeout: connectMs,
    charset: 'utf8mb4',
    multipleStatements: false,
    // A server must not be able to request files of this machine (LOAD DATA LOCAL).
    flags: ['-LOCAL_FILES'],
    ...(tls === 'off' ? {} : { ssl: { rejectUnauthorized: tls === 'verify', verifyIdentity: tls === 'verify' } }),
  };
}

async function readAll(connection: Connection, reading: SqlReading): Promise<void> {
  const ask = (sql: string): Promise<Asked> => asked(connection, sql);
  const [version] = (await ask('SELECT VERSION() AS version')).rows;
  const { timeoutMs } = reading;
  const limit = /mariadb/i.test(String(version?.version))
    ? `max_statement_time = ${timeoutMs / 1_000}`
    : `max_execution_time = ${Math.ceil(timeoutMs)}`;
  await ask(`SET SESSION ${limit}`);
  await ask("SET SESSION time_zone = '+00:00'");
  await ask('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await ask('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const { fields } = await ask(`SELECT * FROM ${asTable(reading.query)} LIMIT 0`);
  const { sql, metadata } = statementOf(
    reading,
    fields.map(({ name }) => name),
    dialectOf(fields, reading),
  );
  const rows = new SpoolWriter(reading);
  try {
    for await (const row of connection.query(sql).stream({ highWaterMark: 20 })) rows.add(row, metadata);
    rows.checkAll();
  } finally {
    rows.close();
  }
}

interface Asked {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly fields: readonly FieldPacket[];
}

/** Runs one statement. The text protocol accepts a second one only if the client enabled that. */
const asked = (connection: Connection, sql: string): Promise<Asked> =>
  new Promise((resolve, reject) => {
    connection.query<RowDataPacket[]>(sql, (error, rows, fields: FieldPacket[] | undefined) => {
      if (error === null) resolve({ rows: Array.isArray(rows) ? rows : [], fields: fields ?? [] });
      else reject(error);
    });
  });

function dialectOf(fields: readonly FieldPacket[], { since }: SqlReading): Dialect {
  const types = new Map(fields.map(({ name, columnType }) => [columnOf(name, '`'), columnType]));
  return {
    quote: '`',
    asText: (column) => `CAST(${column} AS CHAR CHARACTER SET utf8mb4)`,
    byteLength: (text) => `OCTET_LENGTH(${text})`,
    start: (text, length) => `LEFT(${text}, ${length})`,
    // A number or a bit is true if it equals 1.
    truthOf: (column) => `(LOWER(CAST(${column} AS CHAR)) IN ('t', 'true', 'yes', 'y', 'on') OR ${column} = 1)`,
    metadata: (column) =>
      numbers.has(types.get(column) ?? -1)
        ? `(${column} + 0e0)`
        : `LEFT(CAST(${column} AS CHAR CHARACTER SET utf8mb4), 1000)`,
    list: (column) => `CAST(${column} AS CHAR CHARACTER SET utf8mb4)`,
    parameter: literalOf(since ?? ''),
  };
}

/** Writes a value as a literal, because the query could contain a question mark too. Numbers are written exactly. */
const literalOf = (value: string): string =>
  /^-?\d+(?:\.\d+)?$/.test(value) ? value : `_utf8mb4 X'${Buffer.from(value).toString('hex')}'`;

const refusesSignIn: ReadonlySet<number> = new Set([1045, 1698, 1820, 1862, 3118, 4151]);
const refusesReading: ReadonlySet<number> = new Set([1044, 1049, 1142, 1143, 1370]);
const isLateNumber: ReadonlySet<number> = new Set([1317, 1969, 3024]);
/** Errors after which the same statement may succeed later: too many connections, a shutdown, a full disk, a deadlock. */
const passes: ReadonlySet<number> = new Set([1021, 1040, 1053, 1077, 1129, 1203, 1205, 1213, 1226, 1927, 3170]);

function meaningOf(error: unknown, { host, user, database }: ServerAddress, reading: SqlReading): unknown {
  if (error instanceof HeddleError) return error;
  const { errno = 0, code = '', message = '' } = error as { errno?: number; code?: string; message?: string }; // Errors of the client have these fields.
  const said = message.slice(0, 300);
  if (isLateNumber.has(errno)) return tooLate(reading);
  if (refusesSignIn.has(errno))
    return new HeddleError(
      'source_unauthorized',
      `'${host}' refuses the sign-in of '${user}': set the secret of the source to its password.`,
    );
  if (refusesReading.has(errno))
    return new HeddleError('source_failed', `'${host}' does not allow reading '${database}': ${said}`);
  // Errors of the server have numbers above 1000, and texts with words of the query; those of the system are negative.
  const isOfServer = errno >= 1_000;
  if (!isOfServer && /SSL|certificate|self-signed|altnames/i.test(`${code} ${said}`))
    return new HeddleError('source_failed', `'${host}' cannot be reached with the TLS setting of the source: ${said}`);
  if (!isOfServer || passes.has(errno))
    return new HeddleError('source_unreachable', `'${host}' cannot be reached, or ended the connection: ${said}`);
  if (errno === 1064) return notSelect('The server', said);
  return new HeddleError('source_failed', `The server refuses the query: ${said}`);
}

import { randomUUID } from 'node:crypto';
import { openPostgres } from '../postgres/open-postgres.js';
import { startPostgres, type InnerPostgres } from './inner-postgres.js';
import { wallClock } from './wall-clock.js';

/** The database of a spec file. */
export type TestDatabase = Pick<InnerPostgres, 'url' | 'query' | 'close'>;

/** The template database that the others are copied from. */
const prepared = 'heddle_prepared';
const startMs = 60_000;

/**
 * Opens an empty Heddle database. If the test run has a Postgres server (`HEDDLE_TEST_POSTGRES`), it is used: it is fast, and its sessions
 * wait for each other's locks. Otherwise, Postgres runs in this process.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const server = process.env['HEDDLE_TEST_POSTGRES'];
  return server === undefined ? startPostgres() : copyPrepared(new URL(server));
}

async function copyPrepared(server: URL): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = await connected(urlOf(server, 'postgres'));
  try {
    // The first spec file creates the template. The lock ends with the connection.
    await admin.query('SELECT pg_advisory_lock(1)');
    const { rows } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [prepared]);
    if (rows.length === 0) await prepare(server, admin);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${prepared}`);
  } finally {
    await admin.end();
  }
  const url = urlOf(server, name);
  const client = await connected(url);
  return {
    url,
    query: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    // Drops the database, because the server keeps its files in memory.
    async close() {
      await client.end();
      const last = await connected(urlOf(server, 'postgres'));
      await last.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await last.end();
    },
  };
}

async function prepare(server: URL, admin: Awaited<ReturnType<typeof connected>>): Promise<void> {
  const unfinished = `${prepared}_now`;
  await admin.query(`DROP DATABASE IF EXISTS ${unfinished}`);
  await admin.query(`CREATE DATABASE ${unfinished}`);
  await (await openPostgres({ url: urlOf(server, unfinished), clock: wallClock, connections: 1 })).close();
  await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${prepared}`);
}

const urlOf = (server: URL, database: string): string => new URL(`/${database}`, server).href;

/** Connects, and retries while the server of the run is still starting. */
async function connected(url: string) {
  const { Client } = (await import('pg')).default;
  const deadline = Date.now() + startMs;
  for (;;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined); // The query in progress fails with the same error.
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

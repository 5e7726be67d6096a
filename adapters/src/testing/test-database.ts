import { randomUUID } from 'node:crypto';
import { openPostgres } from '../postgres/open-postgres.js';
import { startPostgres, type InnerPostgres } from './inner-postgres.js';
import { wallClock } from './wall-clock.js';

/** The database of a spec file. */
export type TestDatabase = Pick<InnerPostgres, 'url' | 'query' | 'close'>;

/** A database that others are copies of. */
const prepared = 'heddle_prepared';
const startMs = 60_000;

/**
 * A database of Heddle without rows: on the Postgres server of this test run if it has one (`HEDDLE_TEST_POSTGRES`), which is quick and where
 * sessions wait for each other, else in this process.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const server = process.env['HEDDLE_TEST_POSTGRES'];
  return server === undefined ? startPostgres() : copyPrepared(new URL(server));
}

async function copyPrepared(server: URL): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = await connected(urlOf(server, 'postgres'));
  try {
    // The first spec file makes it; the lock goes with the connection.
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
    // The server keeps its files in memory.
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

/** The server of the run may still be starting. */
async function connected(url: string) {
  const { Client } = (await import('pg')).default;
  const deadline = Date.now() + startMs;
  for (;;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined); // the query in use fails with it
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

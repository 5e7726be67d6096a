import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../testing/free-port.js';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.js';
import { wallClock } from '../../testing/wall-clock.js';
import { openPostgres } from '../open-postgres.js';

jest.setTimeout(300_000);

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find(existsSync);
const server = process.env['HEDDLE_TEST_POSTGRES'];
const missing =
  program === undefined
    ? 'skipped: no PgBouncer is installed (apt-get install pgbouncer)'
    : server === undefined
      ? 'skipped: no Postgres is installed (apt-get install postgresql)'
      : undefined;
const suite = missing === undefined ? describe : describe.skip;

suite(`Postgres behind PgBouncer (${missing ?? 'installed'})`, () => {
  // Not in the folder of the run: the user of the pooler cannot read that folder.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'heddle-pgbouncer-'));
  let postgres: TestDatabase;
  let pooler: ChildProcess | undefined;
  beforeAll(async () => {
    postgres = await openTestDatabase();
    chmodSync(folder, 0o755);
  });
  const end = async (): Promise<void> => {
    if (pooler === undefined) return;
    const gone = once(pooler, 'exit');
    if (pooler.kill('SIGKILL')) await gone;
    pooler = undefined;
  };
  afterEach(end);
  afterAll(async () => {
    await postgres?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Returns the address of the database behind the pooler. */
  async function start(settings: readonly string[]): Promise<string> {
    const port = await freePort();
    const { hostname, port: behind, pathname } = new URL(postgres.url);
    const file = join(folder, `pgbouncer-${port}.ini`);
    const users = join(folder, 'users.txt');
    writeFileSync(users, '"postgres" ""\n');
    const own = [`listen_addr = 127.0.0.1`, `listen_port = ${port}`, 'unix_socket_dir =', 'auth_type = trust'];
    const all = [...own, `auth_file = ${users}`, ...settings].join('\n');
    writeFileSync(file, `[databases]\n* = host=${hostname} port=${behind}\n[pgbouncer]\n${all}\n`);
    // The pooler refuses to run as root.
    const user = process.getuid?.() === 0 ? idsOf('postgres') : {};
    pooler = spawn(program ?? '', [file], { stdio: 'ignore', ...user });
    await untilOpen(port, pooler);
    return `postgres://postgres@127.0.0.1:${port}${pathname}`;
  }

  it('is refused when each transaction gets another session, and leaves no setting for other clients', async () => {
    for (const size of [1, 5]) {
      const url = await start(['pool_mode = transaction', `default_pool_size = ${size}`]);
      for (let tries = 0; tries < 3; tries += 1)
        await expect(openPostgres({ url, clock: wallClock, connections: 4 })).rejects.toMatchObject({
          code: 'database_unsuitable',
          message: expect.stringMatching(/pool_mode = transaction.*pool_mode = session/),
        });
      const { Client } = (await import('pg')).default;
      const others = await Promise.all(
        Array.from({ length: size }, async () => {
          const client = new Client({ connectionString: url });
          await client.connect();
          await client.query('BEGIN');
          return client;
        }),
      );
      for (const client of others) {
        const { rows } = await client.query('SHOW search_path');
        expect(rows).toEqual([{ search_path: '"$user", public' }]);
        await client.end();
      }
      await end();
    }
  });

  it('is used when a connection keeps its session, with its limits', async () => {
    const url = await start(['pool_mode = session', 'default_pool_size = 20']);
    const database = await openPostgres({ url, clock: wallClock, connections: 4, timeoutMs: 4_000 });
    try {
      const select = {
        sql: "SELECT current_setting('statement_timeout') AS is, current_schema() AS schema",
        values: [],
      };
      const asked = Array.from({ length: 20 }, (_, at) => database.run({ ...select, name: `heddle-spec-${at % 3}` }));
      for (const rows of await Promise.all(asked)) expect(rows).toEqual([{ is: '4s', schema: 'heddle' }]);
    } finally {
      await database.close();
    }
  });
});

function idsOf(user: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (child.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      socket.destroy();
    }
  }
}

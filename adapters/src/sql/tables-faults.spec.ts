import { afterAll, beforeAll, expect, describe, it } from '@jest/globals';
import type { GuardedWrite, CachedTable, Tables } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import { startPostgres, type InnerPostgres } from '../testing/inner-postgres.js';
import { startTcpProxy, type ProxyFault, type TcpProxy } from '../testing/network/tcp-proxy.js';
import { wallClock } from '../testing/wall-clock.js';

describe('commits behind a network that fails', () => {
  let postgres: InnerPostgres;
  let proxy: TcpProxy;
  let database: PostgresDatabase;
  let tables: Tables;
  beforeAll(async () => {
    postgres = await startPostgres();
    proxy = await startTcpProxy(postgres.port);
    const url = `postgres://me:canary@127.0.0.1:${proxy.port}/postgres`;
    database = await openPostgres({ url, clock: wallClock, connections: 2, patienceMs: 30_000 });
    tables = postgresTables(database);
  }, 120_000);
  afterAll(async () => {
    await database?.close();
    await proxy?.close();
    await postgres?.close();
  });

  const addUser = (id: string): GuardedWrite => ({
    sql: 'INSERT INTO users (id, email, name, created_at) VALUES (@id, @id, @id, 0) ON CONFLICT DO NOTHING',
    values: { id },
    rows: 1,
  });
  const count: GuardedWrite = {
    sql: 'UPDATE users SET totp_step = totp_step + 1 WHERE id = @id',
    values: { id: 'sum' },
    rows: 1,
  };

  const faults: readonly (readonly [string, ProxyFault])[] = ['BEGIN', 'COMMIT'].flatMap((text) =>
    (['lose the answer', 'cut the request'] as const).map((fault) => [text, fault] as const),
  );

  it.each(faults)('are stored once when the network fails like this at %s: %s', async (text, fault) => {
    const id = `${text} ${fault}`;
    await tables.commit([{ ...addUser('sum'), rows: { most: 1 } }]);
    const before = await tables.get<{ n: number }>("SELECT totp_step AS n FROM users WHERE id = 'sum'");
    const failed = proxy.failNext(text, fault);
    await tables.commit([addUser(id), count]);
    await failed;
    expect(await tables.get("SELECT totp_step AS n FROM users WHERE id = 'sum'")).toEqual({ n: (before?.n ?? 0) + 1 });
    expect(await tables.all('SELECT id FROM users WHERE id = @id', { id })).toHaveLength(1);
    await expect(tables.commit([addUser(id)])).rejects.toMatchObject({ code: 'conflict' });
  });

  it('are read by other processes within a second; rows that the database can no longer confirm are not returned', async () => {
    const clock = createFakeClock();
    const following = await openPostgres({ url: postgres.url, clock, connections: 1 });
    const copy = postgresTables(following);
    const grants: CachedTable = {
      topic: 'grants',
      table: 'grants',
      columns: 'kind, id, projects',
      key: ['kind', 'id'],
      order: ['id'],
    };
    const rows = copy.keep<{ projects: string }>(grants);
    expect(() => rows.of('model', 'm')).toThrow('has not confirmed the grants');
    await copy.refresh();
    expect(rows.of('model', 'm')).toEqual([]);
    const notified = new Promise<void>((resolve) => copy.watch('grants', resolve));
    const sql = "INSERT INTO grants (kind, id, projects) VALUES ('model', 'm', '[]')";
    await tables.commit([{ sql, values: {}, topic: 'grants', touches: ['model', 'm'] }]);
    await clock.advance(1_000);
    await notified;
    expect(rows.of('model', 'm')).toMatchObject([{ projects: '[]' }]);
    // The lost notification does not matter: all rows are read again.
    await postgres.query("UPDATE heddle.grants SET projects = '[1]'");
    await postgres.query('UPDATE heddle.change_count SET number = number + 3');
    await copy.refresh();
    expect(rows.all()).toMatchObject([{ projects: '[1]' }]);
    await following.close();
    await clock.advance(11_000);
    expect(() => rows.of('model', 'm')).toThrow('has not confirmed the grants');
  });

  it('report what is wrong with a value that Postgres refuses, and keep nothing', async () => {
    const wrong = tables.commit([addUser('x'), { ...count, values: {}, sql: "UPDATE users SET totp_step = 'x'" }]);
    await expect(wrong).rejects.toMatchObject({ code: 'storage_failed', retryable: false });
    expect(await tables.all("SELECT id FROM users WHERE id = 'x'")).toEqual([]);
    const missing = tables.commit([{ ...count, values: {} }]);
    await expect(missing).rejects.toThrow('no value for @id');
  });
});

import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, records, type SharedJournal } from '@heddle/core/testing';
import { openPostgres, type PostgresDatabase, type PostgresOptions } from '../postgres/open-postgres.js';
import { startPostgres, type InnerPostgres } from '../testing/inner-postgres.js';
import { createSharedDatabase, emptyTables, type SharedDatabase } from '../testing/shared-database.js';
import { startTcpProxy, type ProxyFault, type TcpProxy } from '../testing/network/tcp-proxy.js';
import { wallClock } from '../testing/wall-clock.js';
import { createClaimedJournal } from './claimed-journal.js';

const boot = '00000000-0000-4000-8000-000000000001';

describe('Postgres behind a network that fails', () => {
  let postgres: InnerPostgres;
  let proxy: TcpProxy;
  let shared: SharedDatabase;
  const databases: PostgresDatabase[] = [];
  const open = async (options: Partial<PostgresOptions> = {}): Promise<PostgresDatabase> => {
    const url = `postgres://me:canary@127.0.0.1:${proxy.port}/postgres`;
    const database = await openPostgres({ url, clock: wallClock, connections: 2, patienceMs: 30_000, ...options });
    databases.push(database);
    return database;
  };
  const codeOf = async (work: number | Promise<unknown>): Promise<unknown> => {
    const error: unknown = await Promise.resolve(work).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    // Details and causes are logged too.
    expect(inspect(error, { depth: 10 })).not.toContain('canary');
    return error instanceof HeddleError ? error.code : error;
  };
  const claimed = async ({ journal, claims, workers }: SharedJournal) => {
    await acceptRun(journal, 'run-1');
    await workers.register({ name: 'worker', boot, version: '1', capabilities: [], slots: 1 });
    const claim = await claims.claim('run-1', { boot, capabilities: [] });
    if (claim === undefined) throw new Error('the run could not be claimed');
    const lost: string[] = [];
    const own = createClaimedJournal(journal, (runId) => lost.push(runId));
    own.take(claim);
    return { own, lost };
  };

  beforeAll(async () => {
    postgres = await startPostgres();
    proxy = await startTcpProxy(postgres.port);
    await open();
  }, 120_000);
  beforeEach(async () => {
    await postgres.query(emptyTables);
    shared = createSharedDatabase();
  });
  afterEach(async () => {
    proxy.accept();
    await shared.close();
    for (const database of databases.splice(0)) await database.close();
  });
  afterAll(async () => {
    await proxy?.close();
    await postgres?.close();
  });

  const faults: readonly ProxyFault[] = ['lose the answer', 'cut the request'];

  it.each(faults)('stores an append once when the network fails this way: %s', async (fault) => {
    const { own, lost } = await claimed(shared.open(await open()));
    await own.append('run-1', [records.runStart()]);
    const failed = proxy.failNext('heddle-append', fault);
    const list = [records.nodeStart('a'), records.nodeEnd('a')];
    expect(await own.append('run-1', list)).toBe(2);
    await failed;
    expect(await own.append('run-1', [records.runEnd()])).toBe(4);
    expect((await own.events('run-1')).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(lost).toEqual([]);
  });

  it.each(faults)('stores an append to a run without an owner once: %s', async (fault) => {
    const { journal } = shared.open(await open());
    await acceptRun(journal, 'run-1');
    const failed = proxy.failNext('heddle-append', fault);
    expect(await appendTo(journal, 'run-1', [records.runStart()])).toBe(1);
    await failed;
    expect(await appendTo(journal, 'run-1', [records.runEnd()])).toBe(2);
    expect(await journal.events('run-1')).toHaveLength(2);
  });

  it.each(faults)('accepts a run and its idempotency key once, and claims it once: %s', async (fault) => {
    const { journal, claims, workers } = shared.open(await open());
    const idempotency = { scope: 'key:1', key: 'order', requestHash: 'sha256:1' };
    let failed = proxy.failNext('idempotency_keys', fault);
    await journal.accept(acceptanceOf('run-1', { idempotency }), bundleNamed('Sample'));
    await failed;
    expect(await codeOf(journal.accept(acceptanceOf('run-2', { idempotency }), bundleNamed('Sample')))).toBe(
      'idempotency_conflict',
    );
    expect(await codeOf(journal.accept(acceptanceOf('run-1'), bundleNamed('Sample')))).toBe('conflict');
    await workers.register({ name: 'worker', boot, version: '1', capabilities: [], slots: 1 });
    failed = proxy.failNext('heddle-claim', fault);
    expect(await claims.claim('run-1', { boot, capabilities: [] })).toMatchObject({ epoch: 1 });
    await failed;
    failed = proxy.failNext('heddle-accept', fault);
    await acceptRun(journal, 'run-3');
    await failed;
    failed = proxy.failNext('heddle-claim-next', fault);
    expect((await claims.claimNext({ boot, capabilities: [] }, 1)).map(({ runId }) => runId)).toEqual(['run-3']);
    await failed;
  });

  it('gives up on a request that is never answered, and sends it again', async () => {
    const database = await open({ timeoutMs: 300 });
    const { own } = await claimed(shared.open(database));
    const failed = proxy.failNext('heddle-append', 'swallow the request');
    expect(await own.append('run-1', [records.runStart()])).toBe(1);
    await failed;
    expect(await own.events('run-1')).toHaveLength(1);
  });

  it('waits while the server is away, reports it when the wait is over, and then stores the earlier append once', async () => {
    const database = await open({ patienceMs: 400 });
    const { own, lost } = await claimed(shared.open(database));
    const failed = proxy.failNext('heddle-append', 'lose the answer');
    const list = [records.runStart()];
    const first = own.append('run-1', list);
    await failed;
    proxy.refuse();
    expect(await codeOf(first)).toBe('database_unreachable');
    expect(await codeOf(own.append('run-1', [records.nodeStart('a')]))).toBe('database_unreachable');
    proxy.accept();
    // Another append comes before the engine asks again: the append without an answer is settled first.
    expect(await own.append('run-1', [records.nodeStart('b')])).toBe(2);
    expect(await own.append('run-1', list)).toBe(1);
    expect((await own.events('run-1')).map(({ type }) => type)).toEqual(['run-start', 'node-start']);
    expect(lost).toEqual([]);
  });

  it('stops waiting when it is closed', async () => {
    const database = await open({ patienceMs: 600_000 });
    proxy.refuse();
    const waiting = codeOf(database.run({ sql: 'SELECT 1', values: [] }));
    await database.close();
    expect(['shutting_down', 'database_unreachable']).toContain(await waiting);
    expect(await codeOf(database.run({ sql: 'SELECT 1', values: [] }))).toBe('shutting_down');
  });

  it('reports at the start that no server answers, or that the address or the schema is invalid, without the password', async () => {
    proxy.refuse();
    expect(await codeOf(open())).toBe('database_unreachable');
    expect(await codeOf(open({ url: 'postgres://me:canary@127.0.0.1:1/x' }))).toBe('database_unreachable');
    expect(await codeOf(open({ url: 'mysql://me:canary@127.0.0.1/x' }))).toBe('setting_invalid');
    expect(await codeOf(open({ schema: 'x"; DROP TABLE y; --' }))).toBe('setting_invalid');
  });

  it('reports at the start and later that the database is read-only', async () => {
    const { journal } = shared.open(await open());
    await postgres.query('SET default_transaction_read_only = on');
    try {
      expect(await codeOf(open())).toBe('storage_read_only');
      expect(await codeOf(acceptRun(journal, 'run-1'))).toBe('storage_read_only');
    } finally {
      await postgres.query('SET default_transaction_read_only = off');
    }
    await acceptRun(journal, 'run-1');
  });

  it('refuses a server that could lose acknowledged commits', async () => {
    await postgres.query('SET synchronous_commit = off');
    try {
      expect(await codeOf(open())).toBe('database_unsuitable');
    } finally {
      await postgres.query('SET synchronous_commit = on');
    }
  });

  it('refuses an append that is too large, and stores another append of the same statement', async () => {
    const { journal } = shared.open(await open());
    for (const runId of ['run-1', 'run-2']) await acceptRun(journal, runId);
    const message = 'x'.repeat(60_000);
    const many = Array.from({ length: 1_200 }, (_, at) => ({
      ...({ type: 'node-log', time: 1, path: `n${at}`, attempt: 1, level: 'info', message } as const),
    }));
    expect(await codeOf(appendTo(journal, 'run-1', many))).toBe('value_too_complex');
    expect(await appendTo(journal, 'run-1', [records.runStart()])).toBe(1);
    expect(await codeOf(appendTo(journal, 'run-2', [records.nodeEnd('a', 1n)]))).toBe('node_output_invalid');
    // The server refuses a seq of this size; the append that shares the statement is stored.
    await postgres.query("UPDATE heddle.runs SET last_seq = 9223372036854775807 WHERE id = 'run-2'");
    const other = shared.open(await open()).journal;
    const results = await Promise.allSettled([
      appendTo(other, 'run-2', [records.runStart()]),
      appendTo(other, 'run-1', [records.runEnd()]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

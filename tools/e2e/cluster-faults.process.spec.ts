import { redisMissing, startRedis } from '@heddle/adapters/testing';
import type { HealthReply } from '@heddle/core';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestPostgres } from '../testing/test-postgres.mjs';
import { cleanUp, root, temporaryFolder } from './built-program.js';
import { greeting, pausing } from './documents.js';
import { eventually } from './eventually.js';
import { begin, callJson, post, runOf, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(300_000);

const postgres = await startTestPostgres({ keeps: true });
const where = postgres === undefined ? 'skipped: no Postgres is installed (apt-get install postgresql)' : 'installed';
const suite = postgres === undefined ? describe.skip : describe;
const small = postgres === undefined ? undefined : await startTestPostgres({ keeps: true, disk: 160 });
const withDisk = small === undefined ? it.skip : it;
const withRedis = redisMissing() === undefined ? it : it.skip;

const started: { close(): Promise<void> }[] = [];
afterAll(async () => {
  await cleanUp();
  await Promise.all(started.map((server) => server.close()));
  await Promise.all([postgres?.close(), small?.close()]);
});

const healthOf = async (server: ServerProcess): Promise<HealthReply> =>
  (await callJson(server, 'GET', '/api/health')) as HealthReply;
const untilHealth = (server: ServerProcess, what: string, holds: (health: HealthReply) => boolean) =>
  eventually(
    what,
    async () => {
      const health = await healthOf(server);
      return holds(health) ? health : undefined;
    },
    90_000,
  );

/** Waits, then returns a value that is stored in the database and does not compress. */
const growing = (seconds: number) => ({
  heddle: 2,
  name: 'Growing',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
    pause: { type: 'wait', version: 1, config: { amount: seconds, unit: 'seconds' } },
    grow: { type: 'code', version: 1, config: { code: 'return input.value.length;' } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'text', type: 'Json' },
          { name: 'size', type: 'Json' },
        ],
      },
    },
  },
  edges: [
    { from: 'who.name', to: 'pause.value' },
    { from: 'pause.value', to: 'grow.value' },
    { from: 'pause.value', to: 'reply.text' },
    { from: 'grow.result', to: 'reply.size' },
  ],
});
const random = (): string => randomBytes(30_000).toString('base64');

suite(`faults of the servers of a cluster (Postgres ${where})`, () => {
  const at = (name: string): string => new URL(`/${name}`, postgres?.url).href;
  const start = async (database: string, more: Readonly<Record<string, string>> = {}) => {
    await postgres?.query(`CREATE DATABASE ${database}`).catch(() => undefined); // a second process of a test
    return startServer({ environment: { HEDDLE_DATABASE_URL: at(database), HEDDLE_LEASE_MS: '2000', ...more } });
  };

  withDisk('a full disk of Postgres: runs wait and continue, and acknowledged runs are kept', async () => {
    const server = await startServer({
      environment: { HEDDLE_DATABASE_URL: small?.url ?? '', HEDDLE_LEASE_MS: '2000' },
    });
    const text = random();
    const other = random();
    const waits = await begin(server, growing(3), { name: text });
    await untilStatus(server, waits, ['suspended']);
    const ballast = join(small?.data ?? '', 'ballast');
    fill(ballast);
    const accepted: string[] = [];
    const refused = await eventually(
      'a refusal',
      async () => {
        const reply = await post(server, '/api/runs', { document: growing(0), inputs: { name: other } });
        if (reply.status === 202) accepted.push((JSON.parse(reply.text) as { runId: string }).runId);
        return reply.status === 202 ? undefined : reply;
      },
      90_000,
    );
    expect([refused.status, refused.text]).toEqual([507, expect.stringContaining('storage_full')]);
    await untilHealth(
      server,
      'a run that waits for room',
      ({ status, waiting }) => status === 'degraded' && waiting.some(({ runId }) => runId === waits),
    );
    expect((await send(server, '/api/health/live')).status).toBe(200);
    expect((await send(server, '/api/health/ready')).status).toBe(200);
    rmSync(ballast);
    expect((await untilStatus(server, waits, undefined, 120_000)).outputs).toEqual({ text, size: text.length });
    for (const run of accepted)
      expect((await untilStatus(server, run, undefined, 120_000)).outputs).toEqual({ text: other, size: other.length });
    await untilHealth(server, 'ok', ({ status }) => status === 'ok');
    expect(await server.stop()).toBe(0);
  });

  it('a database user who may no longer connect: health reports it, and runs continue once the user may', async () => {
    await postgres?.query('CREATE DATABASE rights');
    await postgres?.query('CREATE ROLE app LOGIN SUPERUSER');
    const url = at('rights').replace('//postgres@', '//app:canary@');
    const server = await startServer({ environment: { HEDDLE_DATABASE_URL: url, HEDDLE_LEASE_MS: '2000' } });
    const waits = await begin(server, pausing(2), { name: 'Ada' });
    await untilStatus(server, waits, ['suspended']);
    const cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'";
    await postgres?.query(`ALTER ROLE app NOLOGIN; ${cut}`);
    const health = await untilHealth(server, 'a fault', ({ storage }) => storage.status === 'fault');
    expect(health.status).toBe('degraded');
    expect((await send(server, '/api/health/live')).status).toBe(200);
    expect((await send(server, '/api/health/ready')).status).toBe(503);
    const reply = await post(server, '/api/runs', { document: greeting, inputs: { name: 'Bo' } });
    expect(reply.status).toBeGreaterThanOrEqual(500);
    expect(reply.text).toContain('database_refused');
    await postgres?.query('ALTER ROLE app LOGIN');
    expect(await untilStatus(server, waits, undefined, 120_000)).toMatchObject({ status: 'done' });
    await untilHealth(server, 'ok', ({ status }) => status === 'ok');
    expect(`${server.stderr()}${JSON.stringify(health)}`).not.toContain('canary');
    expect(await server.stop()).toBe(0);
  });

  it('a name that is too long for an index: refused with a code, and not as a fault of the program', async () => {
    const server = await start('names');
    const long = randomBytes(6_000).toString('base64url');
    const run = { document: greeting, inputs: { name: long } };
    const tries = [
      await post(server, '/api/workflows', { document: greeting, slug: long }),
      await post(server, '/api/workflows', { document: { ...greeting, name: long } }),
      await post(server, '/api/budgets', { id: long, scope: { kind: 'installation' }, limit: { tokens: 5 } }),
      await post(server, '/api/prompts', { id: long, title: long, text: 'x' }),
      await post(server, '/api/datasets', { name: long, title: long }),
      await post(server, '/api/connections', { id: long, kind: 'openai', models: [] }),
      await post(server, '/api/keys', { name: long, scopes: {} }),
      await post(server, '/api/groups', { name: long }),
      await post(server, '/api/projects', { id: long, title: long }),
      await post(server, '/api/runs', { ...run, thread: long }),
      await send(server, '/api/runs', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': long },
        body: JSON.stringify(run),
      }),
      await send(server, `/api/secrets/${long.slice(0, 4_000)}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: '{"value":"a-long-secret"}',
      }),
    ];
    const faults = tries.filter(({ status }) => status >= 500);
    expect(faults.map(({ status, text }) => `${status} ${text.slice(0, 200)}`)).toEqual([]);
    expect((await send(server, '/api/health/ready')).status).toBe(200);
    expect(await healthOf(server)).toMatchObject({ status: 'ok' });
    expect(await server.stop()).toBe(0);
  });

  it('a clock that is an hour wrong: stored times are those of the database, and leases stay valid', async () => {
    const file = join(temporaryFolder(), 'shift');
    writeFileSync(file, '3600000');
    const keyFile = join(temporaryFolder(), 'shared.key');
    const right = await start('clocks', { HEDDLE_KEY_FILE: keyFile });
    const wrong = await start('clocks', {
      HEDDLE_KEY_FILE: keyFile,
      CLOCK_SHIFT: file,
      NODE_OPTIONS: `--import ${new URL(`file://${join(root, 'tools', 'e2e', 'shift-clock.mjs')}`).href}`,
    });
    const before = Date.now();
    const runs = await Promise.all([right, wrong].map((server) => begin(server, pausing(1), { name: 'Ada' })));
    for (const run of runs) {
      const { summary, status } = await untilStatus(right, run, undefined, 120_000);
      expect(status).toBe('done');
      for (const time of [summary.acceptedAt, summary.startedAt ?? 0, summary.endedAt ?? 0]) {
        expect(time).toBeGreaterThan(before - 60_000);
        expect(time).toBeLessThan(Date.now() + 60_000);
      }
    }
    expect(wrong.stderr()).toMatch(/clock/);
    await eventually(
      'both processes',
      async () => {
        const { processes } = (await callJson(right, 'GET', '/api/cluster')) as { processes: { state: string }[] };
        return processes.filter(({ state }) => state === 'ready').length === 2 ? true : undefined;
      },
      90_000,
    );
    expect([await wrong.stop(), await right.stop()]).toEqual([0, 0]);
  });

  withRedis('Redis with a policy that evicts keys: health reports it until the policy is corrected', async () => {
    const redis = await startRedis();
    started.push(redis);
    const server = await start('evicting', { HEDDLE_REDIS_URL: redis.url });
    redisCli(redis.port, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const health = await untilHealth(server, 'a fault', ({ queue }) => queue?.status === 'fault');
    expect(health).toMatchObject({ status: 'degraded', queue: { error: { code: 'queue_unsuitable' } } });
    expect((await send(server, '/api/health/ready')).status).toBe(200);
    const run = await begin(server, greeting, { name: 'Ada' });
    expect(await untilStatus(server, run)).toMatchObject({ status: 'done' });
    redisCli(redis.port, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await untilHealth(server, 'ok', ({ status }) => status === 'ok');
    expect(await server.stop()).toBe(0);
  });

  withRedis('two databases with the same name and key on one Redis: each has its own keys', async () => {
    const redis = await startRedis();
    started.push(redis);
    const other = await startTestPostgres({ keeps: true });
    if (other !== undefined) started.push(other);
    const keyFile = join(temporaryFolder(), 'shared.key');
    const one = await start('twins', { HEDDLE_REDIS_URL: redis.url, HEDDLE_KEY_FILE: keyFile });
    await other?.query('CREATE DATABASE twins');
    const environment = { HEDDLE_DATABASE_URL: new URL('/twins', other?.url).href, HEDDLE_LEASE_MS: '2000' };
    const two = await startServer({
      environment: { ...environment, HEDDLE_REDIS_URL: redis.url, HEDDLE_KEY_FILE: keyFile },
    });
    for (const server of [one, two])
      await untilStatus(server, await begin(server, greeting, { name: 'Ada' }), undefined, 120_000);
    const keys = redisCli(redis.port, 'KEYS', '*').split('\n');
    const prefixes = new Set(keys.map((key) => /^\{?(heddle:[0-9a-f]{16})/.exec(key)?.[1]));
    expect([...prefixes].filter((prefix) => prefix !== undefined)).toHaveLength(2);
    expect([await one.stop(), await two.stop()]).toEqual([0, 0]);
  });

  withRedis('two processes on one database, each with its own Redis: one executes a run of the other', async () => {
    const servers = [await startRedis(), await startRedis()];
    started.push(...servers);
    const keyFile = join(temporaryFolder(), 'shared.key');
    const api = await start('apart', {
      HEDDLE_REDIS_URL: servers[0]!.url,
      HEDDLE_KEY_FILE: keyFile,
      HEDDLE_ROLE: 'api',
    });
    const worker = await start('apart', {
      HEDDLE_REDIS_URL: servers[1]!.url,
      HEDDLE_KEY_FILE: keyFile,
      HEDDLE_ROLE: 'worker',
    });
    const run = await begin(api, greeting, { name: 'Ada' });
    expect((await untilStatus(api, run, undefined, 120_000)).outputs).toEqual({ greeting: 'Hello Ada!' });
    expect((await runOf(api, run)).status).toBe('done');
    expect([await api.stop(), await worker.stop()]).toEqual([0, 0]);
  });
});

const redisCli = (port: number, ...args: readonly string[]): string =>
  execFileSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' });

/** Fills the disk of a folder. */
function fill(file: string): void {
  const piece = Buffer.alloc(1 << 16);
  for (;;)
    try {
      writeFileSync(file, piece, { flag: 'a' });
    } catch {
      return;
    }
}

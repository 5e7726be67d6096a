import { redisMissing, startRedis, type TestRedis } from '@heddle/adapters/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestPostgres } from '../testing/test-postgres.mjs';
import { cleanUp, root, temporaryFolder } from './built-program.js';
import { busy, pausing, writing } from './documents.js';
import { eventually } from './eventually.js';
import { durable, watchBySse } from './run-events.js';
import { begin, callJson, post, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';
import { refusal } from './testing/refusal.js';

jest.setTimeout(300_000);

const otherMissing = redisMissing();
// Started only where it is used: a file whose tests are all skipped closes nothing.
const postgres = otherMissing === undefined ? await startTestPostgres({ keeps: true }) : undefined;
const missing =
  otherMissing ?? (postgres === undefined ? 'no Postgres is installed: apt-get install postgresql' : undefined);
const suite = missing === undefined ? describe : describe.skip;

afterAll(async () => {
  await cleanUp();
  await postgres?.close();
});

const endOf = (piece: { readonly offset: number; readonly delta: string } | undefined): number =>
  piece === undefined ? 0 : piece.offset + piece.delta.length;

const stopAll = async (servers: readonly ServerProcess[]): Promise<void> => {
  const codes = await Promise.all(servers.map((server) => server.stop()));
  expect(codes).toEqual(servers.map(() => 0));
};

suite(`processes with Redis (${missing ?? 'installed'})`, () => {
  let redis: TestRedis;
  const folder = temporaryFolder();
  const keyFile = join(folder, 'shared.key');
  const settings = (): Readonly<Record<string, string>> => ({
    HEDDLE_DATABASE_URL: new URL('/shared', postgres?.url).href,
    HEDDLE_REDIS_URL: redis.url,
    HEDDLE_KEY_FILE: keyFile,
    HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes'),
    HEDDLE_LEASE_MS: '2000',
  });
  const start = (more: Readonly<Record<string, string>> = {}) =>
    startServer({ environment: { ...settings(), ...more } });
  const queueOf = async (server: ServerProcess) => (await callJson(server, 'GET', '/api/health'))['queue'];
  const untilQueue = (server: ServerProcess, status: string) =>
    eventually(`queue is ${status}`, async () =>
      JSON.stringify(await queueOf(server)).includes(`"${status}"`) ? true : undefined,
    );

  beforeAll(async () => {
    redis = await startRedis();
    await postgres?.query('CREATE DATABASE shared');
  }, 60_000);
  afterAll(() => redis.close());

  it('shows the text of a run live in another process, which cancels it', async () => {
    const first = await start();
    const second = await start();
    expect(await queueOf(first)).toEqual({ status: 'ok' });
    const runId = await begin(first, writing(3_000, 20), { name: 'Ada' });
    const live = watchBySse(second, runId);
    const deltas = () => live.events.filter(({ type }) => type === 'node-delta');
    await eventually('text in the other process', () => (deltas().length > 20 ? true : undefined), 60_000);
    expect((await post(second, `/api/runs/${runId}/cancel`, {})).status).toBe(202);
    await live.ended;
    expect(durable(live.events).at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
    expect(durable(live.events).map(({ seq }) => seq)).toEqual(durable(live.events).map((_, index) => index + 1));

    // All text arrives, each piece once: the joined pieces are the output of the run.
    const whole = await begin(first, writing(60, 20), { name: 'Bo' });
    const watched = watchBySse(second, whole);
    await watched.ended;
    const text = String((await untilStatus(second, whole)).outputs?.['text']);
    const pieces = watched.events.flatMap((event) => {
      // A watcher that comes after the first text gets the text so far as one piece.
      if (event.type === 'node-snapshot') return [{ offset: 0, delta: event.text }];
      return event.type === 'node-delta' ? [event] : [];
    });
    expect(pieces.length).toBeGreaterThan(1);
    for (const { offset, delta } of pieces) expect(text.slice(offset, offset + delta.length)).toBe(delta);
    const offsets = pieces.map(({ offset }) => offset);
    expect(offsets).toEqual(pieces.map((_, index) => (index === 0 ? 0 : endOf(pieces[index - 1]))));
    await stopAll([first, second]);
  });

  it('gives a run to another process at once by a hint if its own process has no slot', async () => {
    const first = await start({ HEDDLE_MAX_RUNS: '1' });
    const second = await start();
    const blocks = await begin(first, busy(40_000), { name: 'Ada' });
    await untilStatus(first, blocks, ['running']);
    const hinted = await begin(first, pausing(1), { name: 'Bo' });
    expect(await untilStatus(first, hinted)).toMatchObject({ status: 'done' });
    expect((await callJson(first, 'GET', `/api/runs/${blocks}`))['status']).toBe('running');
    await post(second, `/api/runs/${blocks}/cancel`, {});
    expect((await untilStatus(first, blocks)).status).toBe('cancelled');
    await stopAll([first, second]);
  });

  it('continues while Redis is away, reports it in health, and stops in order without it', async () => {
    const first = await start({ HEDDLE_MAX_RUNS: '1' });
    const second = await start();
    const held = await begin(first, busy(30_000), { name: 'Ada' });
    await untilStatus(first, held, ['running']);
    await redis.kill();
    await untilQueue(first, 'fault');
    const health = await callJson(first, 'GET', '/api/health');
    expect(health).toMatchObject({ status: 'degraded', queue: { error: { code: 'queue_unreachable' } } });
    expect((await send(first, '/api/health/ready')).status).toBe(200);
    // There is no slot here and no hint: the other process finds the run in the database.
    const waits = await begin(first, pausing(1), { name: 'Bo' });
    const live = watchBySse(first, waits);
    expect(await untilStatus(second, waits)).toMatchObject({ status: 'done' });
    await live.ended;
    expect(durable(live.events).at(-1)).toMatchObject({ type: 'run-end', status: 'done' });
    expect((await post(second, `/api/runs/${held}/cancel`, {})).status).toBe(202);
    expect((await untilStatus(first, held)).status).toBe('cancelled');

    await redis.begin();
    await untilQueue(first, 'ok');
    await untilQueue(second, 'ok');
    const after = await begin(first, writing(100, 20), { name: 'Cy' });
    const again = watchBySse(second, after);
    await eventually('text again', () => again.events.find(({ type }) => type === 'node-delta'), 60_000);
    expect(await untilStatus(second, after)).toMatchObject({ status: 'done' });
    await again.ended;
    await redis.kill();
    try {
      await stopAll([first, second]);
    } finally {
      await redis.begin();
    }
  });

  it('counts the sign-in tries of an address over all processes', async () => {
    const first = await start();
    const second = await start();
    const statuses: number[] = [];
    const body = { email: 'nobody@example.com', password: 'not the password' };
    // The limit is six tries a minute for one name. Two processes that count separately would allow all of these.
    for (let index = 0; index < 10; index += 1)
      statuses.push((await post(index % 2 === 0 ? first : second, '/api/auth/sign-in', body)).status);
    expect(statuses.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => 401));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    await stopAll([first, second]);
  });

  describe('two API processes and two workers', () => {
    const servers: ServerProcess[] = [];
    const role = async (name: 'api' | 'worker'): Promise<ServerProcess> => {
      const server = await start({ HEDDLE_ROLE: name });
      servers.push(server);
      return server;
    };
    const waitingOf = async (server: ServerProcess) =>
      (await callJson(server, 'GET', '/api/health'))['waiting'] as { runId: string; error?: { code: string } }[];
    /** The worker that has a run. */
    const ownerOf = (runId: string, workers: readonly ServerProcess[]) =>
      eventually(`owner of ${runId}`, async () => {
        const sql = `SELECT w.name FROM heddle.runs r JOIN heddle.workers w ON w.boot = r.owner WHERE r.id = '${runId}'`;
        const name = String(await postgres?.query(sql, 'shared'));
        return workers.find(({ data }) => name.includes(data));
      });
    let first: ServerProcess;
    let second: ServerProcess;
    let workers: readonly ServerProcess[];

    it('reports at a run that no process takes runs, until one does', async () => {
      first = await role('api');
      second = await role('api');
      await eventually('role', () => (first.stderr().includes('runs no runs (HEDDLE_ROLE=api)') ? true : undefined));
      const waits = await begin(first, pausing(1), { name: 'Ada' });
      const entry = await eventually('run in the list', async () =>
        (await waitingOf(second)).find(({ runId }) => runId === waits),
      );
      expect(entry).toMatchObject({ reason: 'owner', isStuck: true, error: { code: 'no_worker' } });
      workers = [await role('worker'), await role('worker')];
      expect(await untilStatus(second, waits)).toMatchObject({ status: 'done' });
      expect((await waitingOf(second)).filter(({ error }) => error?.code === 'no_worker')).toEqual([]);
    });

    it('serves only health and metrics in a worker', async () => {
      const [worker] = workers;
      if (worker === undefined) throw new Error('The workers began in the test before.');
      const statuses = async (paths: readonly string[]) =>
        Promise.all(paths.map(async (path) => (await send(worker, path)).status));
      const served = ['/api/health', '/api/health/live', '/api/health/ready', '/metrics'];
      expect(await statuses(served)).toEqual(served.map(() => 200));
      const others = ['/', '/api/runs', '/api/health/', '/api/health/../runs', '//api/runs', '/v1/models', '/mcp'];
      expect(await statuses(others)).toEqual(others.map(() => 421));
      expect((await post(worker, '/api/runs', { document: pausing(1), inputs: { name: 'Ada' } })).text).toContain(
        'not_served_here',
      );
      expect((await send(worker, '/socket.io/?EIO=4&transport=polling')).status).toBe(421);
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
      const key = { 'sec-websocket-key': Buffer.alloc(16).toString('base64') };
      const socket = await send(worker, '/socket.io/?EIO=4&transport=websocket', { headers: { ...upgrade, ...key } });
      expect(socket.status).toBe(421);
    });

    it('starts a run at one API process, and watches and cancels it at the other', async () => {
      const runId = await begin(first, writing(3_000, 20), { name: 'Ada' });
      const live = watchBySse(second, runId);
      await eventually('text', () =>
        live.events.filter(({ type }) => type === 'node-delta').length > 20 ? true : undefined,
      );
      expect((await post(second, `/api/runs/${runId}/cancel`, {})).status).toBe(202);
      await live.ended;
      expect(durable(live.events).at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
      expect((await untilStatus(first, runId)).status).toBe('cancelled');
    });

    it('ends the run of a killed worker once, in the other worker', async () => {
      const runId = await begin(first, writing(100, 20), { name: 'Bo' });
      const owner = await ownerOf(runId, workers);
      const live = watchBySse(second, runId);
      await eventually('text', () => live.events.find(({ type }) => type === 'node-delta'), 60_000);
      await owner.kill();
      servers.splice(servers.indexOf(owner), 1);
      expect(await untilStatus(first, runId)).toMatchObject({ status: 'done' });
      await live.ended;
      const events = durable(live.events);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.filter(({ type }) => type === 'run-end')).toHaveLength(1);
      expect(events.filter(({ type }) => type === 'run-resume')).toHaveLength(1);
    });

    it('pauses the run of a worker by a kill switch, and continues it after the release', async () => {
      const path = `/api/kill-switches/${encodeURIComponent('all')}`;
      const runId = await begin(first, writing(400, 20), { name: 'Eve' });
      await untilStatus(second, runId, ['running']);
      await callJson(second, 'PUT', path, { reason: 'It runs wild.' });
      await untilStatus(first, runId, ['paused']);
      // Each process learns of it within a second.
      await eventually('kill switch in the other process', async () =>
        JSON.stringify(await callJson(first, 'GET', '/api/kill-switches')).includes('"all"') ? true : undefined,
      );
      const released = await callJson(first, 'DELETE', path);
      expect(released['runs']).toBe(1);
      expect(await untilStatus(second, runId)).toMatchObject({ status: 'done' });
    });

    it('accepts and continues runs while Redis is away, and stops in order', async () => {
      const before = await begin(first, writing(200, 20), { name: 'Cy' });
      await untilStatus(second, before, ['running']);
      await redis.kill();
      try {
        await untilQueue(first, 'fault');
        const during = await begin(first, pausing(1), { name: 'Di' });
        expect(await untilStatus(second, during)).toMatchObject({ status: 'done' });
      } finally {
        await redis.begin();
      }
      await untilQueue(second, 'ok');
      expect(await untilStatus(second, before)).toMatchObject({ status: 'done' });
      await stopAll(servers);
    });
  });

  describe('refuses to start', () => {
    const at = (address: string, more: Readonly<Record<string, string>> = {}) =>
      refusal({ ...settings(), HEDDLE_REDIS_URL: address, ...more });
    it.each([
      ['with an address that is not a Redis server', () => at('http://me:canary@127.0.0.1'), 'setting_invalid'],
      ['with an address that does not answer', () => at('redis://me:canary@127.0.0.1:1'), 'queue_unreachable'],
      ['with a wrong password', () => at(redis.url.replace('//', '//me:canary@')), 'queue_refused'],
      [
        'without a database that several processes use',
        () => refusal({ HEDDLE_REDIS_URL: 'redis://me:canary@127.0.0.1:1' }),
        'setting_invalid',
      ],
      ['with a role and without a database', () => refusal({ HEDDLE_ROLE: 'worker' }), 'setting_invalid'],
      ['with an unknown role', () => at(redis.url, { HEDDLE_ROLE: 'leader' }), 'setting_invalid'],
      ['without a file that a setting names', () => at('', { HEDDLE_REDIS_URL_FILE: '/nowhere' }), 'setting_invalid'],
    ])('%s', async (_, attempt, code) => {
      const said = await attempt();
      expect(said).toContain(code);
      expect(said).not.toContain('canary');
    });

    it('on a server that may evict keys, with its address in a file', async () => {
      const evicts = await startRedis(['--maxmemory-policy', 'allkeys-lru']);
      try {
        const file = join(temporaryFolder(), 'address');
        writeFileSync(file, `${evicts.url}\n`);
        const said = await at('', { HEDDLE_REDIS_URL_FILE: file });
        expect(said).toMatch(/maxmemory-policy noeviction[\s\S]*queue_unsuitable/);
      } finally {
        await evicts.close();
      }
    });
  });
});

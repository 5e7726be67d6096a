import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { startTestPostgres } from '../testing/test-postgres.mjs';
import { cleanUp, root, temporaryFolder } from './built-program.js';
import { busy, greeting, pausing, writing } from './documents.js';
import { eventually } from './eventually.js';
import { heddle } from './heddle-command.js';
import { watchBySse } from './run-events.js';
import { begin, callJson, post, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';
import { refusal } from './testing/refusal.js';

jest.setTimeout(300_000);

const postgres = await startTestPostgres({ keeps: true });
const where = postgres === undefined ? 'skipped: no Postgres is installed (apt-get install postgresql)' : 'installed';
const suite = postgres === undefined ? describe.skip : describe;

afterAll(async () => {
  await cleanUp();
  await postgres?.close();
});

suite(`processes without Redis (${where})`, () => {
  const keyFile = join(temporaryFolder(), 'shared.key');
  const settingsOf = (database: string, queue: string) => ({
    HEDDLE_DATABASE_URL: new URL(`/${database}`, postgres?.url).href,
    HEDDLE_KEY_FILE: keyFile,
    HEDDLE_LEASE_MS: '2000',
    HEDDLE_QUEUE: queue,
  });
  const start = (environment: Readonly<Record<string, string>>) => startServer({ environment });
  const stopAll = async (servers: readonly ServerProcess[]): Promise<void> => {
    const codes = await Promise.all(servers.map((server) => server.stop()));
    expect(codes).toEqual(servers.map(() => 0));
  };
  beforeAll(async () => {
    await postgres?.query('CREATE DATABASE hinted');
    await postgres?.query('CREATE DATABASE plain');
    await postgres?.query('CREATE DATABASE prepared');
  }, 60_000);

  describe('with hints in the database', () => {
    const settings = settingsOf('hinted', 'postgres');
    const query = async (sql: string): Promise<string> => String(await postgres?.query(sql, 'hinted'));
    /** The number of jobs that were ever added, and of those that are not settled. Only the process that takes a hint settles it. */
    const jobs = async (): Promise<{ readonly added: number; readonly open: number }> => ({
      added: Number(await query('SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM heddle_queue.job_seq')),
      open: Number(await query('SELECT count(*) FROM heddle_queue.job')),
    });
    /** Starts runs until hints are taken again, and waits for their ends. */
    const untilHinted = async (api: ServerProcess): Promise<void> => {
      const { added } = await jobs();
      await eventually(
        'a hint that is taken',
        async () => {
          await untilStatus(api, await begin(api, greeting, { name: 'Ada' }));
          const now = await jobs();
          return now.added > added && now.open === 0 ? true : undefined;
        },
        120_000,
      );
    };
    let api: ServerProcess;
    let workers: readonly ServerProcess[];

    it('brings runs to workers by hints that they take', async () => {
      api = await start({ ...settings, HEDDLE_ROLE: 'api' });
      workers = [
        await start({ ...settings, HEDDLE_ROLE: 'worker' }),
        await start({ ...settings, HEDDLE_ROLE: 'worker', HEDDLE_WORKER_CLASS: 'cpu' }),
      ];
      const runIds = await Promise.all(Array.from({ length: 20 }, () => begin(api, greeting, { name: 'Ada' })));
      for (const runId of runIds) expect(await untilStatus(api, runId)).toMatchObject({ status: 'done' });
      await eventually('all hints settled', async () => ((await jobs()).open === 0 ? true : undefined));
      expect((await jobs()).added).toBeGreaterThanOrEqual(20);
      expect(await callJson(api, 'GET', '/api/cluster')).toMatchObject({ hints: 'postgres' });
    });

    it('gives the runs of a killed worker to another one', async () => {
      const runIds = await Promise.all(Array.from({ length: 4 }, () => begin(api, busy(3_000), { name: 'Bo' })));
      for (const runId of runIds) await untilStatus(api, runId, ['running', 'done']);
      const [first, second] = workers;
      await first?.kill();
      for (const runId of runIds)
        expect(await untilStatus(api, runId, undefined, 120_000)).toMatchObject({ status: 'done' });
      workers = second === undefined ? [] : [second];
    });

    it('continues with hints after the database was stopped and after it crashed', async () => {
      for (const how of ['fast', 'crash'] as const) {
        const runId = await begin(api, pausing(1), { name: 'Cy' });
        await postgres?.stop(how);
        postgres?.start();
        expect(await untilStatus(api, runId, undefined, 120_000)).toMatchObject({ status: 'done' });
        await untilHinted(api);
      }
      await stopAll([api, ...workers]);
    });
  });

  it('executes runs in other processes even without hints', async () => {
    const settings = settingsOf('plain', 'none');
    const servers = [
      await start({ ...settings, HEDDLE_ROLE: 'api' }),
      await start({ ...settings, HEDDLE_ROLE: 'worker' }),
    ] as const;
    const runIds = await Promise.all(Array.from({ length: 5 }, () => begin(servers[0], greeting, { name: 'Ada' })));
    for (const runId of runIds) expect(await untilStatus(servers[0], runId)).toMatchObject({ status: 'done' });
    expect(await callJson(servers[0], 'GET', '/api/cluster')).toMatchObject({ hints: 'none' });
    expect(await postgres?.query("SELECT to_regnamespace('heddle_queue') IS NULL", 'plain')).toBe('t');
    await stopAll(servers);
  });

  it('shows the text of another process before its node has ended, each piece once', async () => {
    const settings = { ...settingsOf('plain', 'none'), HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes') };
    const servers = [
      await start({ ...settings, HEDDLE_ROLE: 'api' }),
      await start({ ...settings, HEDDLE_ROLE: 'worker' }),
    ] as const;
    const [api] = servers;
    const runId = await begin(api, writing(3_000, 20), { name: 'Ada' });
    const live = watchBySse(api, runId);
    const pieces = () => live.events.flatMap((event) => (event.type === 'node-delta' ? [event] : []));
    await eventually('text of the other process', () => (pieces().length > 2 ? true : undefined), 60_000);
    expect((await post(api, `/api/runs/${runId}/cancel`, {})).status).toBe(202);
    await live.ended;
    const offsets = pieces().map(({ offset }) => offset);
    expect(offsets).toEqual(
      [0, ...pieces().map(({ offset, delta }) => offset + delta.length)].slice(0, offsets.length),
    );
    await stopAll(servers);
  });

  it('starts without migrating once heddle migrate has created the tables of the queue', async () => {
    const settings = { ...settingsOf('prepared', 'postgres'), HEDDLE_DATABASE_MIGRATE: 'false' };
    expect((await heddle(['migrate'], { environment: { ...settings, HEDDLE_QUEUE: 'none' } })).code).toBe(0);
    expect(await refusal(settings)).toMatch(/The tables of the queue.*heddle migrate/s);
    expect((await heddle(['migrate'], { environment: settings })).code).toBe(0);
    const server = await start(settings);
    expect(await untilStatus(server, await begin(server, greeting, { name: 'Ada' }))).toMatchObject({ status: 'done' });
    await stopAll([server]);
  });

  it('refuses settings that contradict each other', async () => {
    expect(await refusal({ HEDDLE_QUEUE: 'postgres' })).toMatch(/HEDDLE_QUEUE.*HEDDLE_DATABASE_URL is not set/s);
    expect(await refusal(settingsOf('plain', 'redis'))).toMatch(/set HEDDLE_REDIS_URL too/);
  });
});

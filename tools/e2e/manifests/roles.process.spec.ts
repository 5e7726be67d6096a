import { redisMissing, startRedis, type TestRedis } from '@heddle/adapters/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { startTestPostgres } from '../../testing/test-postgres.mjs';
import { cleanUp } from '../built-program.js';
import { pausing } from '../documents.js';
import { begin, send, untilStatus } from '../server-calls.js';
import type { ServerProcess } from '../start-server.js';
import { heddle, inPod, podFolder, serveWithoutRights, startWithoutRights, whyNoPod } from './run-without-rights.js';

jest.setTimeout(300_000);

const otherMissing = whyNoPod() ?? redisMissing();
// Started only where it is used: a file whose tests are all skipped closes nothing.
const postgres = otherMissing === undefined ? await startTestPostgres({ keeps: true }) : undefined;
const missing =
  otherMissing ?? (postgres === undefined ? 'no Postgres is installed: apt-get install postgresql' : undefined);
const suite = missing === undefined ? describe : describe.skip;

suite(`the processes of a cluster as pods (${missing ?? 'all is here'})`, () => {
  let redis: TestRedis;
  const servers: ServerProcess[] = [];
  const secrets = (): Readonly<Record<string, string>> => ({
    'heddle.key': `heddle-key-1 ${key}\n`,
    'database-url': `${new URL('/pods', postgres?.url).href}\n`,
    'redis-url': `${redis.url}\n`,
  });
  const key = randomBytes(32).toString('base64');
  /** The settings of the manifests, with the addresses of this test and without sign-in. */
  const variables = (role: string): Readonly<Record<string, string>> => ({
    NODE_ENV: 'production',
    HEDDLE_ROLE: role,
    HEDDLE_DATABASE_MIGRATE: 'false',
    HEDDLE_GPU: 'cpu',
    PORT: '0',
    HEDDLE_DATA: inPod.data,
    HEDDLE_MODELS: `${inPod.data}/models`,
    HEDDLE_KEY_FILE: `${inPod.secrets}/heddle.key`,
    HEDDLE_DATABASE_URL_FILE: `${inPod.secrets}/database-url`,
    HEDDLE_REDIS_URL_FILE: `${inPod.secrets}/redis-url`,
  });
  const serve = async (role: string) => {
    const server = await serveWithoutRights(podFolder(secrets()), variables(role));
    servers.push(server);
    return server;
  };

  beforeAll(async () => {
    redis = await startRedis();
    await postgres?.query('CREATE DATABASE pods');
  }, 60_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    await redis.close();
  });

  it('can write only to their folders', async () => {
    const locations = ['/', '/tmp', '/var/tmp', '/run', '.', 'server/dist', inPod.secrets, inPod.data, inPod.tmp];
    const probe = 'for at; do touch "$at/probe" 2>/dev/null && rm "$at/probe" && echo "$at"; done; true';
    const { ended, said } = startWithoutRights(['sh', '-c', probe, 'sh', ...locations], podFolder(secrets()), {});
    expect(await ended).toBe(0);
    expect(said().trim().split('\n')).toEqual([inPod.data, inPod.tmp]);
  });

  it('require the migration, which a command makes without a role, a key or Redis', async () => {
    await expect(serve('api')).rejects.toThrow(/database_outdated/);
    const folder = podFolder({ 'database-url': secrets()['database-url'] ?? '' });
    const { ended, said } = startWithoutRights(heddle('migrate'), folder, {
      HEDDLE_DATABASE_URL_FILE: `${inPod.secrets}/database-url`,
      HEDDLE_DATABASE_MIGRATE: 'false',
    });
    expect([await ended, said()]).toEqual([0, expect.stringMatching(/^The database has version \d+\.$/m)]);
  });

  it('answer probes, execute a run of the API process in the worker, and stop in order', async () => {
    const [api, worker] = await Promise.all([serve('api'), serve('worker')]);
    for (const server of [api, worker]) {
      expect(server.rights()).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
      expect(server.rights()).toMatch(/^CapEff:\t0+$/m);
      expect(server.rights()).toMatch(/^CapBnd:\t0+$/m);
      expect(server.rights()).toMatch(/^NoNewPrivs:\t1$/m);
      for (const path of ['/api/health/live', '/api/health/ready', '/metrics'])
        expect([path, (await send(server, path)).status]).toEqual([path, 200]);
    }
    const runId = await begin(api, pausing(1), { name: 'Ada' });
    expect(await untilStatus(api, runId)).toMatchObject({ status: 'done', outputs: { text: 'Before Ada, after' } });
    // A command beside a worker has the variables of the worker, as with `kubectl exec`, and its own data folder.
    const beside = { ...variables('worker'), HEDDLE_DATA: `${inPod.tmp}/command` };
    const command = startWithoutRights(heddle('models', 'list'), podFolder(secrets()), beside);
    expect([await command.ended, command.said()]).toEqual([0, expect.stringContaining('all-minilm-l6-v2')]);
    expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
    for (const server of [api, worker]) expect(server.said()).not.toMatch(/EROFS|EACCES|ENOENT|read-only/i);
  });
});

afterAll(async () => {
  await cleanUp();
  await postgres?.close();
});

import type { ClusterProcess, ClusterReply, ErrorValue, HealthReply } from '@heddle/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { startTestPostgres } from '../testing/test-postgres.mjs';
import { cleanUp, root, temporaryFolder } from './built-program.js';
import { busy, pausing } from './documents.js';
import { eventually } from './eventually.js';
import { heddle } from './heddle-command.js';
import { begin, callJson, post, runOf, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(300_000);

const postgres = await startTestPostgres({ keeps: true });
const where = postgres === undefined ? 'skipped: no Postgres is installed (apt-get install postgresql)' : 'installed';
const suite = postgres === undefined ? describe.skip : describe;

afterAll(async () => {
  await cleanUp();
  await postgres?.close();
});

/** A workflow that uses a local model that no machine has. */
const asking = {
  heddle: 2,
  name: 'Asking',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
    answer: { type: 'generate', version: 1, config: { model: 'qwen3-4b' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [
    { from: 'who.name', to: 'answer.prompt' },
    { from: 'answer.text', to: 'reply.text' },
  ],
};
/** A workflow with a node of a package. */
const writing = {
  ...asking,
  name: 'Writing',
  nodes: { ...asking.nodes, answer: { type: 'write-steadily', version: 1, config: { tokens: 10, perSecond: 50 } } },
  edges: [
    { from: 'who.name', to: 'answer.value' },
    { from: 'answer.text', to: 'reply.text' },
  ],
};

suite(`processes with different capabilities (Postgres ${where})`, () => {
  const keyFile = join(temporaryFolder(), 'shared.key');
  const nodes = { HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes') };
  const start = (more: Readonly<Record<string, string>> = {}) =>
    startServer({
      environment: {
        HEDDLE_DATABASE_URL: new URL('/cluster', postgres?.url).href,
        HEDDLE_KEY_FILE: keyFile,
        HEDDLE_LEASE_MS: '2000',
        HEDDLE_MODELS: temporaryFolder(),
        ...more,
      },
    });
  const cluster = async (server: ServerProcess) => (await callJson(server, 'GET', '/api/cluster')) as ClusterReply;
  const processOf = (reply: ClusterReply, { data }: ServerProcess): ClusterProcess | undefined =>
    reply.processes.find(({ name }) => name.endsWith(` ${data}`));

  beforeAll(() => postgres?.query('CREATE DATABASE cluster'));

  it('report at a run what no process has, and execute it once a process has it', async () => {
    const api = await start({ HEDDLE_ROLE: 'api', ...nodes });
    const alone = await begin(api, pausing(0), { name: 'Ada' });
    const whyOf = (runId: string) => eventually(`why ${runId} waits`, async () => (await runOf(api, runId)).waiting);
    expect(await whyOf(alone)).toMatchObject({ code: 'no_worker' });

    const plain = await start({ HEDDLE_ROLE: 'worker', HEDDLE_WORKER_CLASS: 'cpu' });
    expect(await untilStatus(api, alone)).toMatchObject({ status: 'done' });
    const model = await begin(api, asking, { name: 'Ada' });
    const node = await begin(api, writing, { name: 'Bo' });
    expect(await whyOf(model)).toMatchObject({
      code: 'capability_missing',
      message: expect.stringContaining('HEDDLE_WORKER_CLASS') as unknown,
    });
    expect(await whyOf(node)).toMatchObject({
      code: 'capability_missing',
      message: expect.stringContaining("version 1 of the node 'write-steadily'") as unknown,
      details: { class: 'cpu', needs: ['node:write-steadily@1'] },
    });
    const health = (await callJson(api, 'GET', '/api/health')) as HealthReply;
    expect(health).toMatchObject({ status: 'degraded', stuck: 2 });
    expect(health.waiting.map(({ runId, error }) => [runId, error?.code]).sort()).toEqual(
      [model, node].map((runId) => [runId, 'capability_missing']).sort(),
    );
    const reply = await cluster(api);
    expect(reply.missing.map(({ runs }) => runs)).toEqual([1, 1]);
    expect(processOf(reply, api)).toMatchObject({ role: 'api', slots: 0, state: 'ready' });
    expect(processOf(reply, plain)).toMatchObject({ role: 'worker', classes: ['cpu'], state: 'ready' });
    expect((await runOf(api, node)).status).toBe('queued');
    const waitingInList = async () =>
      (await callJson(api, 'GET', '/api/runs'))['waiting'] as Record<string, ErrorValue>;
    const listed = await waitingInList();
    expect(Object.keys(listed).sort()).toEqual([model, node].sort());
    expect(listed[node]?.message).toContain("version 1 of the node 'write-steadily'");

    const able = await start({ HEDDLE_ROLE: 'worker', ...nodes });
    expect(await untilStatus(api, node)).toMatchObject({ status: 'done' });
    expect(await whyOf(model)).toMatchObject({ message: expect.stringContaining("the model 'qwen3-4b'") as unknown });
    // A cancel needs no process that could run it.
    expect((await post(api, `/api/runs/${model}/cancel`, {})).status).toBe(202);
    expect((await untilStatus(api, model)).status).toBe('cancelled');
    expect(await waitingInList()).toEqual({});
    expect(await callJson(api, 'GET', '/api/health')).toMatchObject({ status: 'ok' });
    for (const server of [api, plain, able]) expect(await server.stop()).toBe(0);
  });

  it('drain by a command of any process: the runs continue elsewhere, and no run comes until the process is undrained', async () => {
    const worker = { HEDDLE_ROLE: 'worker', HEDDLE_STOP_MS: '200' };
    const api = await start({ HEDDLE_ROLE: 'api' });
    const first = await start(worker);
    const run = await begin(api, busy(12_000), { name: 'Ada' });
    await untilStatus(api, run, ['running']);
    const second = await start(worker);
    const id = processOf(await cluster(api), first)?.id ?? '';
    const command = (...args: readonly string[]) => heddle(['cluster', ...args], { data: api.data });
    expect(await command('drain', id.slice(0, 8))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('drains') as unknown,
    });
    await eventually('its run is elsewhere', async () =>
      processOf(await cluster(api), second)?.runs === 1 ? true : undefined,
    );
    expect(processOf(await cluster(api), first)).toMatchObject({ state: 'draining', runs: 0 });
    const listed = await command();
    expect(listed.stdout).toMatch(/draining +0 of 64/);
    await second.stop();
    await eventually('no process takes it', async () =>
      (await runOf(api, run)).waiting?.code === 'no_worker' ? true : undefined,
    );
    expect((await command('undrain', id)).code).toBe(0);
    expect(await untilStatus(api, run)).toMatchObject({ status: 'done' });
    expect((await command('drain', 'nobody')).stderr).toContain('process_not_found');
    await eventually('both are in the audit log', async () => {
      const listed = JSON.stringify(await callJson(api, 'GET', '/api/audit?kind=setting'));
      return ['process drains', 'process takes runs'].every((step) => listed.includes(step)) ? true : undefined;
    });
    const metrics = (await send(first, '/metrics')).text;
    expect(metrics).toContain('heddle_workers{state="ready"} 1\n');
    expect(metrics).toMatch(/^heddle_queue_wait_seconds_count\{class="cpu"\} [1-9]/m);
    for (const server of [api, first]) expect(await server.stop()).toBe(0);
  });
});

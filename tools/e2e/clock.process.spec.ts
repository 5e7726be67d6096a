import { afterAll, expect, it, jest } from '@jest/globals';
import { HealthReply, type PublishedReply, type RunSummary } from '@heddle/core';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, root, temporaryFolder } from './built-program.js';
import { eventually } from './eventually.js';
import { heddle } from './heddle-command.js';
import { begin, callJson, post, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(240_000);
afterAll(cleanUp);

const hour = 3_600_000;
const day = 24 * hour;

const field = (name: string) => ({ fields: [{ name, type: 'Json' }] });
const saying = {
  heddle: 2,
  name: 'Saying',
  nodes: {
    question: { type: 'input', version: 1, config: field('question') },
    reply: { type: 'output', version: 1, config: field('answer') },
  },
  edges: [{ from: 'question.question', to: 'reply.answer' }],
};
const waiting = {
  ...saying,
  nodes: { ...saying.nodes, pause: { type: 'wait', version: 1, config: { amount: 4, unit: 'seconds' } } },
  edges: [
    { from: 'question.question', to: 'pause.value' },
    { from: 'pause.value', to: 'reply.answer' },
  ],
};

const data = temporaryFolder();
const shiftFile = join(temporaryFolder(), 'shift');
const setAhead = (milliseconds: number): void => writeFileSync(shiftFile, String(milliseconds));
const environment = {
  NODE_OPTIONS: `--import ${new URL(`file://${join(root, 'tools', 'e2e', 'shift-clock.mjs')}`).href}`,
  CLOCK_SHIFT: shiftFile,
  HEDDLE_SWEEP_MINUTES: '1',
};
const start = (more: object = {}) => startServer({ data, environment: { ...environment, ...more } });
const runsOf = async (server: ServerProcess): Promise<number> =>
  ((await callJson(server, 'GET', '/api/runs?limit=200')) as unknown as { runs: RunSummary[] }).runs.length;
const healthOf = async (server: ServerProcess): Promise<HealthReply> =>
  HealthReply.parse(await callJson(server, 'GET', '/api/health'));
const order = async (server: ServerProcess, key: string): Promise<PublishedReply> => {
  const reply = await send(server, '/v1/workflows/saying', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ question: key }),
  });
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)]);
  return JSON.parse(reply.text) as PublishedReply;
};

it('a clock that jumps starts no second run for a key, lengthens no wait, and deletes nothing until a person confirms it', async () => {
  setAhead(0);
  const first = await start();
  expect((await post(first, '/api/workflows', { document: saying, slug: 'saying' })).status).toBe(201);
  const { dataMapHash } = await callJson(first, 'POST', '/api/workflows/saying/publish/check', {});
  await callJson(first, 'POST', '/api/workflows/saying/publish', { acceptDataMap: dataMapHash });
  const { runId } = await order(first, 'order-1');

  // A passing jump of 25 h: a key keeps its run, even if another key makes the server check all keys.
  setAhead(25 * hour);
  expect((await order(first, 'order-2')).runId).not.toBe(runId);
  expect((await order(first, 'order-1')).runId).toBe(runId);
  expect(await healthOf(first)).toMatchObject({ status: 'degraded', clock: { status: 'doubt', wasSet: true } });
  setAhead(0);
  expect((await order(first, 'order-1')).runId).toBe(runId);
  expect(await healthOf(first)).toMatchObject({ status: 'ok', clock: { status: 'trusted' } });

  // A clock that is set back does not make a wait of 4 s longer.
  const wait = await begin(first, waiting, { question: 'q' });
  await untilStatus(first, wait, ['suspended']);
  setAhead(-25 * hour);
  expect((await untilStatus(first, wait, ['done', 'failed'])).status).toBe('done');
  setAhead(0);
  const runs = await runsOf(first);
  expect(await first.stop()).toBe(0);

  // A start 100 days ahead: the server works at once, reports the clock, and its sweep removes nothing.
  setAhead(100 * day);
  const second = await start({ HEDDLE_SWEEP_MINUTES: '0.05' });
  const received = await healthOf(second);
  expect(received).toMatchObject({ status: 'ok', clock: { status: 'doubt', wasSet: false } });
  expect(received.clock?.message).toMatch(/100 days ahead.*Nothing is deleted until.*heddle clock confirm/);
  await order(second, 'order-3');
  const swept = await eventually('sweep', async () => (await healthOf(second)).retention.lastSweep, 120_000);
  expect(swept).toMatchObject({ skipped: 'clock', removed: {} });
  expect(await runsOf(second)).toBe(runs + 1);
  await second.kill();

  // After a kill the clock is still in doubt. A person confirms it, and the confirmation stays.
  const third = await start();
  expect((await heddle(['clock'], { data })).stdout).toMatch(/100 days ahead/);
  expect((await heddle(['clock', 'confirm', '--json'], { data })).json()).toMatchObject({ status: 'trusted' });
  expect(await runsOf(third)).toBe(runs + 1);
  expect(await third.stop()).toBe(0);
  const fourth = await start();
  expect(await healthOf(fourth)).toMatchObject({ status: 'ok', clock: { status: 'trusted' } });
  expect(await runsOf(fourth)).toBe(runs + 1);
  expect(await fourth.stop()).toBe(0);
});

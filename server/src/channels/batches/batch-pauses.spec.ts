import {
  BatchConfig,
  BatchReply,
  BatchRowsReply,
  defineNode,
  HeddleError,
  localPrincipal,
  Text,
  type ErrorCode,
  type Principal,
} from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { TestServer } from '../../testing/test-server.js';
import { echoDocument } from '../../testing/echo-document.js';
import { openPublished, until } from '../testing/open-published.js';

let server: TestServer;
afterEach(() => server.close());

const path = '/api/workflows/echo/batches';
const rows = (...questions: readonly string[]) => questions.map((question) => ({ question }));

/** A node that waits until `open` is called, and fails for `bad`. */
function createGate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const gate = defineNode({
    type: 'gate',
    version: 1,
    category: 'data',
    title: 'Gate',
    summary: 'Of tests.',
    role: 'step',
    effects: [],
    config: z.object({}),
    inputs: { text: Text },
    outputs: { text: Text },
    async run({ inputs, context }) {
      const left = new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
      await Promise.race([opened, left]);
      if (inputs.text === 'bad') throw new Error('It is broken.');
      return { text: inputs.text };
    },
  });
  return { gate, open: () => open() };
}

async function openGated() {
  const { gate, open } = createGate();
  server = await openPublished({ nodes: [...standardNodes, gate], engine: { startRun, resumeRun } });
  const echo = echoDocument();
  const document = {
    ...echo,
    nodes: { ...echo.nodes, gate: { type: 'gate', version: 1, config: {} } },
    edges: [
      { from: 'question.question', to: 'gate.text' },
      { from: 'gate.text', to: 'say.question' },
      { from: 'say.text', to: 'reply.answer' },
    ],
  };
  await server.heddle.workflows.save((await server.heddle.workflows.get('echo')).id, document, undefined);
  await server.heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
  return open;
}

const get = async (id: string): Promise<BatchReply> =>
  BatchReply.parse((await server.call('GET', `${path}/${id}`)).body);
const begin = async (body: object): Promise<BatchReply> =>
  BatchReply.parse((await server.call('POST', path, body)).body);
const reaches = (id: string, is: (batch: BatchReply) => boolean) =>
  until(async () => {
    const batch = await get(id);
    return is(batch) ? batch : undefined;
  });
const rowsOf = async (id: string) => BatchRowsReply.parse((await server.call('GET', `${path}/${id}/rows`)).body).rows;
const setLive = (live: object | null) => server.call('POST', '/api/workflows/echo/live', { live });

describe('a batch whose workflow is unpublished', () => {
  it('pauses with the reason, keeps its rows waiting, and goes on once the workflow is published again', async () => {
    const open = await openGated();
    const { id } = await begin({ rows: rows('a', 'b', 'c', 'd'), concurrency: 1 });
    await reaches(id, (batch) => batch.rows.running === 1);
    expect((await setLive(null)).status).toBe(200);
    open();
    const paused = await reaches(id, ({ status, jobId }) => status !== 'running' && jobId === undefined);
    expect(paused).toMatchObject({
      status: 'paused',
      code: 'not_published',
      rows: { done: 1, waiting: 3, failed: 0 },
      reason: expect.stringContaining('is not published. No further row starts: correct that and resume'),
    });
    const refused = await server.call('POST', `${path}/${id}/resume`);
    expect([refused.status, refused.body.error.code]).toEqual([404, 'not_published']);
    expect(await get(id)).toMatchObject({ status: 'paused', code: 'not_published' });

    expect((await setLive({ version: 1 })).status).toBe(200);
    expect((await server.call('POST', `${path}/${id}/resume`)).status).toBe(200);
    const done = await reaches(id, ({ status }) => status === 'done');
    expect(done).toMatchObject({ version: 2, rows: { done: 4 } });
    expect([done.reason, done.code]).toEqual([undefined, undefined]);
    const steps = (await server.heddle.audit.list({ kinds: ['job'] })).map(({ who, details }) => [
      ...[who, details['step'], details['code']],
    ]);
    expect(steps).toEqual([
      ['local', 'batch resumed', undefined],
      ['heddle', 'batch paused', 'not_published'],
      ['local', 'batch begun', undefined],
    ]);
  });

  it('pauses when the person who began it may no longer run it', async () => {
    server = await openPublished();
    const { id: workflow } = await server.heddle.workflows.get('echo');
    const { project = '' } = await server.heddle.ownership.resourceOf('workflow', workflow);
    const owner: Principal = { kind: 'user', id: 'user:gone', name: 'Gone', roles: new Map([[project, ['owner']]]) };
    const { channels } = server.heddle;
    const { id } = await channels.batches.create('echo', rows('a', 'b'), BatchConfig.parse({}), owner);
    const paused = await reaches(id, ({ status }) => status !== 'running');
    expect(paused).toMatchObject({ status: 'paused', code: 'user_not_found', rows: { waiting: 2, failed: 0 } });
  });
});

it('a row that still runs keeps its slot when its batch goes on', async () => {
  const open = await openGated();
  const { id } = await begin({ rows: rows('a', 'b'), concurrency: 1 });
  await reaches(id, (batch) => batch.rows.running === 1);
  expect((await server.call('POST', `${path}/${id}/pause`)).status).toBe(200);
  expect((await server.call('DELETE', `${path}/${id}`)).body.error.code).toBe('conflict');
  expect((await server.call('POST', `${path}/${id}/resume`)).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await get(id)).rows).toMatchObject({ running: 1, waiting: 1 });
  open();
  expect((await reaches(id, ({ status }) => status === 'done')).rows.done).toBe(2);
});

it('a batch that is being worked on is not started a second time', async () => {
  const open = await openGated();
  const { id } = await begin({ rows: rows('a'), concurrency: 1 });
  await reaches(id, (batch) => batch.rows.running === 1);
  await server.heddle.channels.batches.recoverAbandoned();
  expect(await server.heddle.jobs.list()).toHaveLength(1);
  open();
});

describe('a row whose run cannot begin now', () => {
  it('is retried until it can, and does not fail for a temporary reason', async () => {
    const codes = ['busy', 'shutting_down', 'kill_switch', 'too_many_requests'] as const;
    const stored = ['storage_full', 'storage_locked', 'storage_read_only', 'storage_failed'] as const;
    server = await openPublished();
    const starts = server.heddle.publishing.runs;
    const start = starts.start.bind(starts);
    const left: ErrorCode[] = [...codes, ...stored];
    Object.assign(starts, {
      start: (...asked: Parameters<typeof start>) => {
        const code = left.shift();
        return code === undefined ? start(...asked) : Promise.reject(new HeddleError(code, 'Not now.'));
      },
    });
    const begun = performance.now();
    const { id } = await begin({ rows: rows(...left), concurrency: left.length });
    const batch = await reaches(id, ({ status }) => status !== 'running');
    expect(performance.now() - begun).toBeGreaterThan(900);
    expect(batch).toMatchObject({ status: 'done', rows: { done: codes.length + stored.length, failed: 0 } });
  });
});

describe('a row without a result', () => {
  it('has the error code of its failure, or of the batch that ended before the row ran', async () => {
    const open = await openGated();
    const { id } = await begin({ rows: rows('bad', 'b', 'c'), concurrency: 1 });
    await reaches(id, (batch) => batch.rows.running === 1);
    open();
    await reaches(id, (batch) => batch.rows.done === 2);
    expect(await rowsOf(id)).toMatchObject([{ status: 'failed', code: 'node_failed' }, {}, {}]);

    const second = await begin({ rows: rows('a', 'b'), concurrency: 1 });
    await server.call('POST', `${path}/${second.id}/pause`);
    await reaches(second.id, (batch) => batch.rows.running === 0);
    await server.call('POST', `${path}/${second.id}/cancel`);
    const never = (await rowsOf(second.id)).at(-1);
    expect(never).toMatchObject({
      status: 'cancelled',
      code: 'batch_cancelled',
      error: expect.stringContaining('before'),
    });
    const results = await fetch(`${server.address}${path}/${second.id}/results`);
    expect((await results.text()).trim().split('\n').at(-1)).toContain('"code":"batch_cancelled"');
    const csv = await fetch(`${server.address}${path}/${second.id}/results?format=csv`);
    expect(await csv.text()).toMatch(/^row,status,run,error,code,answer\r\n/);
  });
});

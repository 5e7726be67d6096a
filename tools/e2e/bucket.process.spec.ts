import type { FileRef, Passage, RunReply } from '@heddle/core';
import { s3Missing, startFakePinecone, startS3, startTcpProxy, type TestS3 } from '@heddle/adapters/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { answerEmbeddings, dimensions } from '../chaos/embedder.js';
import { startTestPostgres } from '../testing/test-postgres.mjs';
import { cleanUp, temporaryFolder } from './built-program.js';
import { filing, greeting } from './documents.js';
import { eventually } from './eventually.js';
import { begin, callJson, post, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';
import { refusal } from './testing/refusal.js';

jest.setTimeout(300_000);

const otherMissing = s3Missing();
// Started only where it is used: a file whose tests are all skipped closes nothing.
const postgres = otherMissing === undefined ? await startTestPostgres({ keeps: true }) : undefined;
const missing =
  otherMissing ?? (postgres === undefined ? 'no Postgres is installed: apt-get install postgresql' : undefined);
const suite = missing === undefined ? describe : describe.skip;

afterAll(async () => {
  await cleanUp();
  await postgres?.close();
});

/** Waits, then makes a value that is stored as a file, and reads it in the next node. */
const large = (seconds: number) => ({
  heddle: 2,
  name: 'Large',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
    pause: { type: 'wait', version: 1, config: { amount: seconds, unit: 'seconds' } },
    grow: { type: 'code', version: 1, config: { code: "return input.value + 'x'.repeat(200000);" } },
    count: { type: 'code', version: 1, config: { code: 'return input.value.length;' } },
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
    { from: 'grow.result', to: 'count.value' },
    { from: 'grow.result', to: 'reply.text' },
    { from: 'count.result', to: 'reply.size' },
  ],
});

/** Reads the text of an uploaded file. */
const reading = {
  heddle: 2,
  name: 'Reading',
  nodes: {
    given: { type: 'input', version: 1, config: { fields: [{ name: 'paper', type: 'File' }] } },
    load: { type: 'load', version: 1, config: {} },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [
    { from: 'given.paper', to: 'load.files' },
    { from: 'load.text', to: 'reply.text' },
  ],
};

const idOf = (content: string | Uint8Array): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function sendForm(server: ServerProcess, path: string, name: string, content: string) {
  const form = new FormData();
  form.set('file', new Blob([content]), name);
  const reply = await fetch(`${server.address}${path}`, { method: 'POST', body: form });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

async function upload(server: ServerProcess, name: string, content: string): Promise<FileRef> {
  const { status, body } = await sendForm(server, '/api/files', name, content);
  expect([status, body]).toEqual([201, expect.objectContaining({ name, size: content.length })]);
  return body as unknown as FileRef; // the reply that was just checked
}

/** Begins the upload of a file and sends only its first half. */
function sendHalf(server: ServerProcess, first: string): { readonly broken: Promise<unknown> } {
  const headers = { 'content-type': 'multipart/form-data; boundary=half' };
  const call = request(`${server.address}/api/files`, { method: 'POST', headers, agent: false });
  const broken = once(call, 'error');
  call.write(`--half\r\ncontent-disposition: form-data; name="file"; filename="half.txt"\r\n\r\n${first}`);
  return { broken };
}

suite(`processes with a bucket (${missing ?? 'installed'})`, () => {
  let s3: TestS3;
  let pinecone: Awaited<ReturnType<typeof startFakePinecone>>;
  let embedder: Server;
  let first: ServerProcess;
  let second: ServerProcess;
  const keyFile = join(temporaryFolder(), 'shared.key');
  const shared = (): Readonly<Record<string, string>> => ({
    HEDDLE_DATABASE_URL: new URL('/shared', postgres?.url).href,
    HEDDLE_BLOBS_URL: s3.addressOf('heddle').replace('?', '/team?'),
    HEDDLE_KEY_FILE: keyFile,
    HEDDLE_LEASE_MS: '2000',
    PINECONE_API_KEY: pinecone.apiKey,
    PINECONE_URL: pinecone.url,
  });
  const start = (data?: string) => startServer({ environment: shared(), ...(data === undefined ? {} : { data }) });
  const blobs = async () => (await s3.list('heddle')).filter((key) => key.startsWith('team/blobs/'));
  const untilStorage = (server: ServerProcess, status: string) =>
    eventually(`storage is ${status}`, async () => {
      const health = await callJson(server, 'GET', '/api/health');
      return JSON.stringify(health['storage']).includes(`"${status}"`) ? health : undefined;
    });
  const untilJob = (server: ServerProcess, jobId: unknown) =>
    eventually(`job ${String(jobId)}`, async () => {
      const job = await callJson(server, 'GET', `/api/jobs/${String(jobId)}`);
      return ['done', 'failed', 'cancelled'].includes(String(job['status'])) ? job : undefined;
    });

  beforeAll(async () => {
    [s3, pinecone] = await Promise.all([startS3(), startFakePinecone()]);
    embedder = createServer((call, reply) => answerEmbeddings(call, reply, [])).listen(0, '127.0.0.1');
    await once(embedder, 'listening');
    for (const bucket of ['heddle', 'other']) await s3.make(bucket);
    for (const name of ['shared', 'apart', 'folders']) await postgres?.query(`CREATE DATABASE ${name}`);
    first = await start();
    second = await start();
  }, 120_000);
  afterAll(async () => {
    embedder?.close();
    await Promise.all([pinecone?.close(), s3?.close()]);
  });

  it('reads a file in one process that another received, in runs and by its address', async () => {
    const file = await upload(first, 'note.txt', 'The word is heron.');
    const run = await begin(second, reading, { paper: file });
    expect((await untilStatus(second, run)).outputs).toMatchObject({
      text: expect.stringContaining('heron'),
    });
    expect((await send(second, `/api/files/${file.id}`)).text).toBe('The word is heron.');
    const pages = [file];
    const again = await begin(second, filing, { paper: file, pages, depth: 1 });
    expect((await untilStatus(first, again)).outputs).toMatchObject({ paper: file, pages });
    for (const { data } of [first, second]) expect(existsSync(join(data, 'blobs'))).toBe(false);
  });

  it('gives the large values of a run to every process, and keeps no key of the bucket', async () => {
    const run = await begin(first, large(0), { name: 'Ada' });
    await untilStatus(first, run);
    expect((await untilStatus(second, run)).outputs).toEqual({ text: `Ada${'x'.repeat(200_000)}`, size: 200_003 });
    const settings = await send(second, '/api/settings');
    expect(settings.text).toContain('HEDDLE_BLOBS_URL');
    expect(`${settings.text}${first.stderr()}${second.stderr()}`).not.toContain('canary');
  });

  it('imports a document again in one process from the original that another received', async () => {
    const { port } = embedder.address() as AddressInfo;
    await callJson(first, 'POST', '/api/connections', {
      id: 'ledger',
      kind: 'openai-compatible',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      isLocal: true,
      models: [{ name: 'vectors', kind: 'embed', contextTokens: 512, dimensions }],
    });
    await callJson(first, 'POST', '/api/collections', { name: 'faq', embedding: 'ledger/vectors', store: 'pinecone' });
    const { body } = await sendForm(first, '/api/collections/faq/documents', 'bird.md', '# Bird\n\nIt is a heron.');
    expect(await untilJob(first, body['jobId'])).toMatchObject({ status: 'done' });
    const reply = await callJson(second, 'POST', '/api/collections/faq/reingest', {});
    const report = await untilJob(second, reply['jobId']);
    expect(report).toMatchObject({ status: 'done' });
    expect(JSON.stringify(report)).not.toContain('document_not_found');
    const found = await callJson(second, 'GET', '/api/collections/faq/passages?document=bird.md');
    expect((found['passages'] as readonly Passage[]).map(({ text }) => text).join()).toContain('heron');
    expect((await s3.list('heddle')).filter((key) => key.startsWith('team/originals/faq/'))).toHaveLength(1);
    for (const { data } of [first, second]) expect(existsSync(join(data, 'originals'))).toBe(false);
    await callJson(second, 'DELETE', '/api/collections/faq');
    expect((await s3.list('heddle')).filter((key) => key.startsWith('team/originals/'))).toEqual([]);
  });

  it('reports in health that the bucket is away, lets dependent runs wait, and continues when it is back', async () => {
    const waits = await begin(first, large(2), { name: 'Bo' });
    await untilStatus(first, waits, ['suspended']);
    await s3.kill();
    const health = await untilStorage(first, 'fault');
    expect(health).toMatchObject({ status: 'degraded', storage: { error: { code: 'bucket_unreachable' } } });
    expect((await send(first, '/api/health/ready')).status).toBe(200);
    const refused = await sendForm(first, '/api/files', 'late.txt', 'late');
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      503,
      expect.stringContaining('bucket_unreachable'),
    ]);
    const tooLarge = await post(second, '/api/runs', { document: greeting, inputs: { name: 'y'.repeat(100_000) } });
    expect([tooLarge.status, tooLarge.text]).toEqual([503, expect.stringContaining('bucket_unreachable')]);
    const small = await begin(second, greeting, { name: 'Cy' });
    expect(await untilStatus(second, small)).toMatchObject({ status: 'done' });
    const state: RunReply = await untilStatus(first, waits, ['running', 'failed', 'done']);
    expect(state.status).toBe('running');

    await s3.begin();
    await untilStorage(first, 'ok');
    expect((await untilStatus(first, waits, undefined, 120_000)).outputs).toMatchObject({ size: 200_002 });
    await upload(first, 'late.txt', 'late');
    expect((await send(second, `/api/files/${idOf('late')}`)).text).toBe('late');
  });

  it('stores nothing of a file if the process is killed while it receives or stores the file', async () => {
    const before = await blobs();
    const half = 'half of a file '.repeat(5_000);
    const { broken } = sendHalf(first, half);
    const drafts = join(first.data, 'bucket', 'drafts');
    await eventually('a draft', () =>
      existsSync(drafts) && readdirSync(drafts).some((name) => statSync(join(drafts, name)).size > 60_000)
        ? true
        : undefined,
    );
    await first.kill();
    await broken;
    expect(await blobs()).toEqual(before);
    first = await start(first.data);
    expect(existsSync(drafts)).toBe(false);
    expect((await send(first, `/api/files/${idOf(half)}`)).status).toBe(404);

    // If the process is killed between parts, the object appears in no process.
    const parts = Buffer.alloc(40 * 1024 * 1024, 'some content');
    const address = new URL(shared()['HEDDLE_BLOBS_URL'] ?? '');
    const proxy = await startTcpProxy(Number(new URL(address.searchParams.get('endpoint') ?? '').port));
    address.searchParams.set('endpoint', `http://127.0.0.1:${proxy.port}`);
    const dies = await startServer({ environment: { ...shared(), HEDDLE_BLOBS_URL: address.href } });
    const inTheMiddle = proxy.failNext('partNumber=2', 'swallow the request');
    const lost = sendForm(dies, '/api/files', 'parts.txt', parts.toString()).catch(() => 'lost');
    await inTheMiddle;
    await dies.kill();
    expect(await lost).toBe('lost');
    await proxy.close();
    expect(await blobs()).toEqual(before);
    expect((await send(second, `/api/files/${idOf(parts)}`)).status).toBe(404);
    await upload(second, 'parts.txt', parts.toString());
    expect((await blobs()).length).toBe(before.length + 1);
  });

  it('stops in order, even while the bucket is away', async () => {
    const waits = await begin(first, large(1), { name: 'Di' });
    await untilStatus(first, waits, ['suspended']);
    await s3.kill();
    try {
      await untilStatus(first, waits, ['running']);
      expect(await first.stop()).toBe(0);
    } finally {
      await s3.begin();
    }
    expect((await untilStatus(second, waits, undefined, 120_000)).outputs).toMatchObject({ size: 200_002 });
    expect(await second.stop()).toBe(0);
  });

  it('copies files that a process stored before it had a bucket, for the other processes', async () => {
    const database = { ...shared(), HEDDLE_DATABASE_URL: new URL('/folders', postgres?.url).href };
    const bucket = { HEDDLE_BLOBS_URL: s3.addressOf('heddle').replace('?', '/folders?') };
    const before = await startServer({ environment: { ...database, HEDDLE_BLOBS_URL: '' } });
    const run = await begin(before, large(0), { name: 'Ed' });
    await untilStatus(before, run);
    const file = await upload(before, 'note.txt', 'The word is heron.');
    expect(await before.stop()).toBe(0);

    const filled = await startServer({ data: before.data, environment: { ...database, ...bucket } });
    const other = await startServer({ environment: { ...database, ...bucket } });
    expect((await send(other, `/api/files/${file.id}`)).text).toBe('The word is heron.');
    expect((await untilStatus(other, run)).outputs).toMatchObject({ size: 200_002 });
    expect(existsSync(join(before.data, 'blobs'))).toBe(false);
    expect([await filled.stop(), await other.stop()]).toEqual([0, 0]);
  });

  describe('refuses to start', () => {
    const at = (more: Readonly<Record<string, string>>) => refusal({ ...shared(), ...more });
    const to = (address: string) => at({ HEDDLE_BLOBS_URL: address });
    const apart = (): string => new URL('/apart', postgres?.url).href;
    it.each([
      ['with an address that is not a bucket', () => to('http://me:canary@127.0.0.1/x'), 'setting_invalid'],
      ['with an unknown part', () => to('s3://me:canary@heddle?endpont=x'), 'setting_invalid'],
      [
        'with an address that does not answer',
        () => to('s3://me:canary@heddle?endpoint=http://127.0.0.1:1'),
        'bucket_unreachable',
      ],
      ['on a bucket that does not exist', () => to(s3.addressOf('missing')), 'bucket_refused'],
      ['with wrong keys', () => to(s3.addressOf('heddle').replace('//test:', '//canary:')), 'bucket_refused'],
      [
        'without a database that several processes use',
        () => refusal({ HEDDLE_BLOBS_URL: s3.addressOf('heddle') }),
        'setting_invalid',
      ],
      [
        'without a file that a setting names',
        () => at({ HEDDLE_BLOBS_URL: '', HEDDLE_BLOBS_URL_FILE: '/no' }),
        'setting_invalid',
      ],
      ['without the bucket that the others have', () => at({ HEDDLE_BLOBS_URL: '' }), 'setting_invalid'],
      ['with another bucket than the others have', () => to(s3.addressOf('other')), 'setting_invalid'],
      ['on a bucket of another database', () => at({ HEDDLE_DATABASE_URL: apart() }), 'bucket_taken'],
    ])('%s', async (_, attempt, code) => {
      const said = await attempt();
      expect(said).toContain(code);
      expect(said).not.toContain('canary');
    });

    it('unless a file contains the address and the prefix is free', async () => {
      const file = join(temporaryFolder(), 'address');
      writeFileSync(file, `${s3.addressOf('heddle').replace('?', '/apart?')}\n`);
      expect(await at({ HEDDLE_DATABASE_URL: apart(), HEDDLE_BLOBS_URL: '', HEDDLE_BLOBS_URL_FILE: file })).toBe(
        'started',
      );
    });
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { BatchConfig, BatchReply, BatchRowsReply, defineNode, HeddleError, localPrincipal, Text } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { openHeddle, type OpenedHeddle } from '../../heddle/open-heddle.js';
import { silentLog } from '../../common/log.js';
import { readSettings } from '../../settings/read-settings.js';
import { echoDocument } from '../../testing/echo-document.js';
import type { TestHeddleOptions } from '../../testing/test-heddle.js';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished, until } from '../testing/open-published.js';

/** A node that fails for texts with `bad` while `isBroken`, and waits for `open` for texts with `slow`. */
function createGate() {
  const state = { isBroken: true, open: (): void => undefined };
  const opened = new Promise<void>((resolve) => (state.open = resolve));
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
      if (inputs.text.includes('slow')) await Promise.race([opened, left]);
      if (inputs.text.includes('bad') && state.isBroken) throw new Error('It is broken.');
      return { text: inputs.text };
    },
  });
  return { state, gate };
}

const gated = () => {
  const echo = echoDocument();
  return {
    ...echo,
    nodes: { ...echo.nodes, gate: { type: 'gate', version: 1, config: {} } },
    edges: [
      { from: 'question.question', to: 'gate.text' },
      { from: 'gate.text', to: 'say.question' },
      { from: 'say.text', to: 'reply.answer' },
    ],
  };
};

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function open(options: TestHeddleOptions = {}) {
  const { state, gate } = createGate();
  const opened = await openPublished({
    ...options,
    nodes: [...standardNodes, gate],
    engine: { startRun, resumeRun },
  });
  server = opened;
  const { heddle } = opened;
  const call: TestServer['call'] = (...given) => opened.call(...given);
  await heddle.workflows.save((await heddle.workflows.get('echo')).id, gated(), undefined);
  await heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
  const begin = async (rows: readonly string[], config: object = {}): Promise<BatchReply> => {
    const body = { rows: rows.map((question) => ({ question })), ...config };
    return BatchReply.parse((await call('POST', '/api/workflows/echo/batches', body)).body);
  };
  const get = async (id: string): Promise<BatchReply> =>
    BatchReply.parse((await call('GET', `/api/workflows/echo/batches/${id}`)).body);
  const change = async (id: string, what: string) =>
    (await call('POST', `/api/workflows/echo/batches/${id}/${what}`)).status;
  const reaches = (id: string, is: (batch: BatchReply) => boolean) =>
    until(async () => {
      const batch = await get(id);
      return is(batch) ? batch : undefined;
    });
  const ended = (id: string) => reaches(id, ({ status }) => status === 'done');
  const rowsOf = async (id: string) =>
    BatchRowsReply.parse((await call('GET', `/api/workflows/echo/batches/${id}/rows`)).body).rows;
  return { state, call, heddle, begin, get, change, reaches, ended, rowsOf };
}

describe('a batch', () => {
  it('runs every row, reports its progress as a job, and returns its results', async () => {
    const { call, heddle, begin, ended } = await open();
    const { id } = await begin(['a', 'b bad', '=c'], { name: 'Three' });
    const batch = await ended(id);
    expect(batch).toMatchObject({ name: 'Three', version: 2, rows: { done: 2, failed: 1 } });
    const job = await until(async () =>
      (await heddle.jobs.list()).find(({ kind, status }) => kind === 'batch' && status === 'done'),
    );
    expect(job).toMatchObject({ subject: (await heddle.workflows.get('echo')).id, result: { done: 2, failed: 1 } });
    const results = await fetch(`${server?.address}/api/workflows/echo/batches/${id}/results`);
    const lines = (await results.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { row: 1, status: 'done', outputs: { answer: 'You asked: a' } },
      { row: 2, status: 'failed', error: expect.stringContaining('broken') },
      { row: 3, inputs: { question: '=c' } },
    ]);
    const { body: csv } = await call('GET', `/api/workflows/echo/batches/${id}/results?format=csv`);
    expect(String(csv).split('\r\n').slice(0, 2)).toEqual([
      'row,status,run,error,code,answer',
      expect.stringMatching(/^1,done,\w+,,,You asked: a$/),
    ]);
    expect((await call('GET', `/api/workflows/echo/batches/${id}/rows?status=failed`)).body.rows).toHaveLength(1);
  });

  it('runs failed rows again, and no other', async () => {
    const { state, heddle, begin, change, ended } = await open();
    const { id } = await begin(['a', 'bad', 'bad 2']);
    await ended(id);
    state.isBroken = false;
    expect(await change(id, 'retry')).toBe(200);
    expect((await ended(id)).rows).toMatchObject({ done: 3, failed: 0 });
    expect(await heddle.runs.list({})).toHaveLength(5);
    expect(await change(id, 'retry')).toBe(409);
  });

  it('pauses, goes on, and is cancelled; never runs more rows at once than its concurrency', async () => {
    const { state, heddle, begin, change, reaches, ended } = await open();
    const { id } = await begin(['slow 1', 'slow 2', 'x', 'y'], { concurrency: 2 });
    await reaches(id, ({ rows }) => rows.running === 2);
    expect(await heddle.runs.list({})).toHaveLength(2);
    expect(await change(id, 'pause')).toBe(200);
    state.open();
    expect(await reaches(id, ({ rows }) => rows.done === 2)).toMatchObject({ status: 'paused', rows: { waiting: 2 } });
    expect(await change(id, 'resume')).toBe(200);
    expect((await ended(id)).rows.done).toBe(4);
    expect(await change(id, 'pause')).toBe(409);
  });

  it('starts no further row once it is paused, not even a row that was just starting', async () => {
    const { state, heddle, begin, change, reaches } = await open();
    const { id } = await begin(['slow 1', 'x'], { concurrency: 1 });
    await reaches(id, ({ rows }) => rows.running === 1);
    expect(await change(id, 'pause')).toBe(200);
    const late = heddle.publishing.runs.start({
      slug: 'echo',
      inputs: { question: 'x' },
      principal: localPrincipal,
      channel: 'batch',
      idempotencyKey: '2:1',
      idempotencyScope: `batch:${id}`,
    });
    await expect(late).rejects.toMatchObject({ code: 'conflict' });
    state.open();
    expect(await reaches(id, ({ rows }) => rows.done === 1)).toMatchObject({ status: 'paused', rows: { waiting: 1 } });
  });

  it('cancels its runs when it is cancelled', async () => {
    const { begin, change, reaches, rowsOf } = await open();
    const { id } = await begin(['slow 1', 'slow 2', 'slow 3'], { concurrency: 2 });
    await reaches(id, ({ rows }) => rows.running === 2);
    expect(await change(id, 'cancel')).toBe(200);
    expect(await reaches(id, ({ rows }) => rows.cancelled === 3)).toMatchObject({ status: 'cancelled' });
    const codes = (await rowsOf(id)).map(({ code, error }) => [code, error !== undefined]);
    expect(codes).toEqual([
      ['run_cancelled', true],
      ['run_cancelled', true],
      ['batch_cancelled', true],
    ]);
  });

  it('names the fault of a disk that did not confirm a row, and runs that row again on a retry', async () => {
    let isBroken = false;
    const error = Object.assign(new Error('i/o error'), { code: 'EIO' });
    const { state, begin, change, reaches, ended, rowsOf } = await open({
      sync: (_log, done) => setImmediate(done, isBroken ? error : null),
    });
    isBroken = true;
    const { id } = await begin(['slow 1']);
    await reaches(id, ({ rows }) => rows.running === 1);
    // The rows that this disk refused are written again a second later, in another way.
    isBroken = false;
    const batch = await reaches(id, ({ status, jobId }) => status === 'done' && jobId === undefined);
    expect(batch).toMatchObject({
      code: 'storage_failed',
      reason: expect.stringMatching(/^One row has no result .* run the rows without a result again/),
    });
    expect(await rowsOf(id)).toMatchObject([
      { status: 'cancelled', code: 'storage_failed', error: expect.stringMatching(/heddle\.db-wal/) },
    ]);
    state.open();
    expect(await change(id, 'retry')).toBe(200);
    expect(await reaches(id, ({ rows }) => rows.done === 1)).not.toHaveProperty('reason');
    expect(await ended(id)).toMatchObject({ rows: { done: 1, cancelled: 0 } });
    expect((await rowsOf(id))[0]).not.toHaveProperty('code');
  });

  it('cancels its runs even if the process died right after the batch was marked as cancelled', async () => {
    const { heddle, begin, reaches } = await open();
    const { id } = await begin(['slow 1', 'slow 2'], { concurrency: 2 });
    await reaches(id, ({ rows }) => rows.running === 2);
    // What a dying process leaves: the state of the batch, and runs that were not cancelled.
    const { write } = heddle.parts.channels.batches;
    await heddle.parts.tables.commit([write.setState(id, 'cancelled')]);
    await heddle.channels.batches.recoverAbandoned();
    expect(await reaches(id, ({ rows }) => rows.cancelled === 2)).toMatchObject({ status: 'cancelled' });
  });

  it('goes on after a temporary fault of the store', async () => {
    const { heddle, begin, ended } = await open();
    const { batches } = heddle.parts.channels;
    const waiting = batches.waiting.bind(batches);
    const counts = batches.counts.bind(batches);
    let faults = 3;
    const faulty =
      <A extends readonly unknown[], T>(read: (...given: A) => T) =>
      (...given: A): T => {
        faults -= 1;
        if (faults >= 0) throw new HeddleError('storage_failed', 'The disk is away.');
        return read(...given);
      };
    Object.assign(batches, { waiting: faulty(waiting), counts: faulty(counts) });
    const begun = begin(['a', 'b']).catch(() => undefined);
    await until(() => (faults < 0 ? true : undefined));
    await begun;
    const [batch] = await batches.list((await heddle.workflows.get('echo')).id, 1);
    expect((await ended(batch?.id ?? '')).rows.done).toBe(2);
  });

  it('accepts CSV and JSONL, and refuses rows that do not fit before any row runs', async () => {
    const { call, heddle, ended } = await open();
    const upload = async (name: string, text: string, columns?: object) => {
      const form = new FormData();
      form.set('file', new Blob([text]), name);
      if (columns !== undefined) form.set('columns', JSON.stringify(columns));
      const reply = await fetch(`${server?.address}/api/workflows/echo/batches`, { method: 'POST', body: form });
      return {
        status: reply.status,
        body: (await reply.json()) as { id: string; error: { code: string; message: string } },
      };
    };
    const csv = await upload('q.csv', '\ufeffFrage;note\n"Wer; was?";1\nWo?;2\n', { question: 'Frage' });
    expect((await ended(csv.body.id)).rows.done).toBe(2);
    const jsonl = await upload('q.jsonl', '{"question":"a"}\n\n{"question":"b"}\n');
    expect((await ended(jsonl.body.id)).rows.done).toBe(2);
    const before = (await heddle.runs.list({})).length;
    for (const [name, text, message] of [
      ['q.jsonl', '{"question":"a"}\n{"question":3}\n{}', '1 of 3 rows'],
      ['q.jsonl', 'nonsense', 'Line 1'],
      ['q.csv', 'other\nx\n', 'No column of the rows'],
      ['q.csv', 'question\n', 'no rows'],
    ] as const) {
      const { status, body } = await upload(name, text);
      expect([status, body.error.code, body.error.message]).toEqual([
        422,
        'batch_invalid',
        expect.stringContaining(message),
      ]);
    }
    expect((await call('POST', '/api/workflows/echo/batches', {})).status).toBe(400);
    expect(await heddle.runs.list({})).toHaveLength(before);
  });
});

describe('a batch whose process goes away', () => {
  it('goes on in the next one, and no row runs twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-batch-'));
    const settings = readSettings({ HEDDLE_DATA: folder, HEDDLE_STOP_MS: '0', HEDDLE_MAX_RUNS: '4' });
    const start = (): Promise<OpenedHeddle> => openHeddle(settings, { kind: 'server', log: silentLog });
    let heddle = await start();
    try {
      await heddle.workflows.create(echoDocument(), 'echo');
      await heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
      const config = BatchConfig.parse({ name: 'B', concurrency: 8 });
      const rows = Array.from({ length: 200 }, (_, index) => ({ question: `q${index}` }));
      const { id } = await heddle.channels.batches.create('echo', rows, config, localPrincipal);
      for (let restarts = 0; restarts < 3; restarts += 1) {
        const before = (await heddle.parts.channels.batches.counts(id)).done;
        await until(async () => {
          const { done, waiting } = await heddle.parts.channels.batches.counts(id);
          return done > before || waiting === 0 ? true : undefined;
        });
        await heddle.stop();
        await heddle.close();
        heddle = await start();
        await heddle.recover(false);
      }
      await until(async () => ((await heddle.channels.batches.get('echo', id)).status === 'done' ? true : undefined));
      expect(await heddle.parts.channels.batches.counts(id)).toMatchObject({ done: 200 });
      expect(await heddle.runs.list({ limit: 1000 })).toHaveLength(200);
    } finally {
      await heddle.stop();
      await heddle.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

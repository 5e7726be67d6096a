import { Heddle, verifyWebhook, type RunEvent } from '@heddle/client';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cleanUp, temporaryFolder } from './built-program.js';
import { busy, filing, greeting } from './documents.js';
import { eventually } from './eventually.js';
import { callJson } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

// On a busy machine a server takes a minute to restart.
jest.setTimeout(400_000);

const data = temporaryFolder();
let server: ServerProcess;
let receiver: Server;
let heddle: Heddle;
const verified: unknown[] = [];
let secret = '';

/** Starts the server, at the address that it had before. */
async function start(): Promise<void> {
  const port = server === undefined ? '0' : new URL(server.address).port;
  server = await startServer({ data, environment: { PORT: port, HEDDLE_FETCH_ALLOW: hostOf(receiver) } });
}

const hostOf = (of: Server): string => `127.0.0.1:${(of.address() as AddressInfo).port}`;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => {
        const body = Buffer.concat(parts);
        void verifyWebhook(secret, { headers: request.headers, body }).then(
          (event) => verified.push(event),
          (error: unknown) => verified.push(error),
        );
        response.end();
      });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  await start();
  const call = (method: string, path: string, body?: unknown) => callJson(server, method, path, body);
  for (const [slug, document] of [
    ['greet', greeting],
    ['slow', busy(2_000)],
    ['file', filing],
  ] as const) {
    await call('POST', '/api/workflows', { document, slug });
    await call('POST', `/api/workflows/${slug}/publish`, { acceptDataMap: true });
  }
  const about = { name: 'Told', url: `http://${hostOf(receiver)}/`, events: ['run.done'] };
  secret = String((await call('POST', '/api/workflows/greet/webhooks', about))['secret']);
  heddle = new Heddle({ baseUrl: server.address, reconnectMs: 300_000 });
});

afterAll(async () => {
  receiver.close();
  await cleanUp();
});

describe('the TypeScript client and a server', () => {
  it('run a workflow, once for an idempotency key, and verify its webhook', async () => {
    const workflow = heddle.workflow<{ greeting: string }>('greet');
    const first = await workflow.run({ name: 'Ada' }, { idempotencyKey: 'once' });
    expect(first.outputs.greeting).toBe('Hello Ada!');
    expect((await workflow.run({ name: 'Ada' }, { idempotencyKey: 'once' })).runId).toBe(first.runId);
    expect(await heddle.runs.get(first.runId)).toMatchObject({ status: 'done', outputs: { greeting: 'Hello Ada!' } });
    await heddle.runs.rate(first.runId, { thumb: 'up', comment: 'Kind.' });
    const [event] = await eventually('webhook', () => (verified.length > 0 ? verified : undefined));
    expect(event).toMatchObject({ type: 'run.done', data: { runId: first.runId } });
    await expect(workflow.run({ nobody: 'x' })).rejects.toMatchObject({ code: 'input_unknown', status: 422 });
    await expect(heddle.workflow('none').run({})).rejects.toMatchObject({ code: 'workflow_not_found', status: 404 });
  });

  it('send files, alone and as a list, beside other inputs', async () => {
    const { outputs } = await heddle.workflow<{ paper: object; pages: object[]; depth: number }>('file').run({
      paper: new File(['wool'], 'looms & "yarns".txt', { type: 'text/plain' }),
      pages: [new File(['a'], 'ä.txt'), new File(['bc'], 'b.txt')],
      depth: 2,
    });
    expect(outputs).toMatchObject({
      paper: { name: 'looms & "yarns".txt', mediaType: 'text/plain', size: 4 },
      pages: [
        { name: 'ä.txt', size: 1 },
        { name: 'b.txt', size: 2 },
      ],
      depth: 2,
    });
    await expect(heddle.workflow('file').run({ paper: 'wool', pages: [], depth: 2 })).rejects.toMatchObject({
      code: 'input_type',
    });
  });

  it('stream a run over a restart of the server, with nothing lost or repeated', async () => {
    const stream = heddle.workflow('slow').stream({ name: 'Ben' });
    const events: RunEvent[] = [];
    for await (const event of stream) {
      events.push(event);
      if (event.type === 'node' && event.node === 'count' && event.status === 'running' && events.length < 5) {
        await server.kill();
        void start();
      }
    }
    expect(await stream.result()).toMatchObject({ status: 'done', outputs: { text: 'Before Ben, counted' } });
    const seqs = events.flatMap((event) => (event.type === 'node' ? [event.seq] : []));
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(events.filter((event) => event.type === 'result')).toHaveLength(1);
  });

  it('disconnect during a reply without ending the run or logging an error', async () => {
    const before = server.stderr().length;
    const whole = new AbortController();
    const stream = heddle.workflow('slow').stream({ name: 'Eve' });
    const waiting = heddle.workflow('slow').run({ name: 'Fay' }, { signal: whole.signal });
    const aborted = expect(waiting).rejects.toThrow('enough');
    for await (const event of stream) if (event.type === 'node' && event.node === 'count') break;
    whole.abort(new Error('enough'));
    await aborted;
    expect(await heddle.runs.wait(stream.runId ?? '')).toMatchObject({ outputs: { text: 'Before Eve, counted' } });
    const said = server.stderr().slice(before);
    expect(said).not.toMatch(/"level":(?:50|60)|shutting_down|is stopping/);
  });

  it('start a run, follow it from an event, wait for it and cancel another', async () => {
    const { runId, status } = await heddle.workflow('slow').start({ name: 'Cleo' });
    expect(status).toBe('queued');
    expect(await heddle.runs.wait(runId)).toMatchObject({ status: 'done', outputs: { text: 'Before Cleo, counted' } });
    const after = await Array.fromAsync(heddle.runs.events(runId, { after: 3 }));
    expect(after.flatMap((event) => (event.type === 'node' ? [event.seq] : [])).every((seq) => seq > 3)).toBe(true);
    const other = await heddle.workflow('slow').start({ name: 'Dan' });
    await heddle.runs.cancel(other.runId, 'enough');
    await expect(heddle.runs.wait(other.runId)).rejects.toMatchObject({ code: 'run_cancelled' });
  });

  it('continue, list, rename and erase threads', async () => {
    const thread = await heddle.threads.create({ workflow: 'greet', title: 'Mornings' });
    await heddle.workflow('greet').run({ name: 'Ada' }, { thread: thread.id });
    const { runId, thread: on } = await heddle.workflow('greet').run({ name: 'Ben' }, { thread: thread.id });
    expect(on).toBe(thread.id);
    const { messages } = await heddle.threads.messages(thread.id);
    expect(messages.map(({ role, text }) => [role, text])).toEqual([
      ['user', 'Ada'],
      ['assistant', 'Hello Ada!'],
      ['user', 'Ben'],
      ['assistant', 'Hello Ben!'],
    ]);
    expect(messages.at(-1)?.run).toBe(runId);
    expect((await heddle.threads.rename(thread.id, 'Evenings')).title).toBe('Evenings');
    const found = await Array.fromAsync(heddle.threads.list({ workflow: 'greet', search: 'evening', limit: 1 }));
    expect(found.map(({ id }) => id)).toEqual([thread.id]);
    await heddle.threads.delete(thread.id);
    await expect(heddle.threads.get(thread.id)).rejects.toMatchObject({ code: 'thread_not_found', status: 404 });
  });

  it('give a user the threads of that user only', async () => {
    const { thread = '' } = await heddle.workflow('greet').run({ name: 'Ada' }, { thread: 'new' });
    expect(await heddle.threads.get(thread)).toMatchObject({ id: thread });
    const program = await callJson(server, 'POST', '/api/keys', {
      name: 'An app',
      scopes: { permissions: ['run:published', 'speak-for-users'] },
    });
    const app = new Heddle({ baseUrl: server.address, apiKey: String(program['secret']) });
    const ann = app.forUser('ann');
    const bob = app.forUser('bob');
    const { thread: ofAnn = '' } = await ann.workflow('greet').run({ name: 'Ann' }, { thread: 'new' });
    expect((await Array.fromAsync(ann.threads.list())).map(({ id }) => id)).toEqual([ofAnn]);
    expect(await Array.fromAsync(bob.threads.list())).toEqual([]);
    for (const id of [ofAnn, thread])
      await expect(bob.threads.get(id)).rejects.toMatchObject({ code: 'thread_not_found' });
    await expect(new Heddle({ baseUrl: server.address, apiKey: 'hk_wrong' }).threads.page()).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });
});

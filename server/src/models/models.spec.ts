import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError, ModelCard, ModelsReply, type ModelHub, type ModelState } from '@heddle/core';
import { io } from 'socket.io-client';
import { createCaller } from '../cli/client/http-call.js';
import { downloadModel } from '../cli/client/jobs.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const card = (id: string) =>
  ModelCard.parse({
    id,
    title: id,
    kind: 'generate',
    runtime: 'llama',
    summary: 'A model of a test.',
    publisher: 'test',
    licence: 'Apache-2.0',
    use: 'Any.',
    files: [{ role: 'weights', name: 'model.gguf', sources: ['file:/nowhere/model.gguf'] }],
    format: 'gguf',
    contextTokens: 2048,
    languages: ['en'],
  });

/** A hub whose downloads go on when a test says so. */
function createFakeHub() {
  const states = new Map<string, ModelState>([
    ['small', { card: card('small'), status: 'absent', bytes: 0 }],
    ['vectors', { card: { ...card('vectors'), kind: 'embed' }, status: 'ready', bytes: 1 }],
  ]);
  const watchers = new Set<() => void>();
  const pulls: { finish(error?: Error): void; readonly signal: AbortSignal | undefined }[] = [];
  const none = () => Promise.reject(new HeddleError('model_missing', 'Not here.'));
  const hub: ModelHub = {
    list: async () => [...states.values()],
    card: (id) => {
      const known = states.get(id);
      if (known === undefined) throw new HeddleError('model_unknown', `There is no model '${id}'.`);
      return known.card;
    },
    add: async (added) => {
      if (states.has(added.id)) throw new HeddleError('conflict', `'${added.id}' is there already.`);
      states.set(added.id, { card: added, status: 'absent', bytes: 0 });
    },
    pull: (id, { signal, onProgress } = {}) => {
      hub.card(id);
      onProgress?.({
        model: id,
        file: 'model.gguf',
        source: 'file:/nowhere/model.gguf',
        bytes: 5,
        total: 10,
        stage: 'download',
      });
      return new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new HeddleError('aborted', 'The download was stopped.')));
        pulls.push({
          signal,
          finish: (error) => {
            if (error !== undefined) {
              reject(error);
              return;
            }
            states.set(id, { card: card(id), status: 'ready', bytes: 10 });
            for (const watcher of watchers) watcher();
            resolve();
          },
        });
      });
    },
    load: async (id) => {
      hub.card(id);
      if (states.get(id)?.status !== 'ready') throw new HeddleError('model_missing', 'It is not on this machine.');
      states.set(id, { card: card(id), status: 'loaded', bytes: 10 });
    },
    unload: async (id) => {
      states.set(id, { card: card(id), status: 'ready', bytes: 10 });
    },
    languageModel: async (id) => {
      hub.card(id);
      return {
        info: {
          id,
          contextTokens: 10,
          supports: { schema: false, tools: false, images: false },
          destination: { name: 'local', clearance: 'restricted', isLocal: true },
        },
        countTokens: async () => 1,
        async *generate({ messages }) {
          yield { type: 'started' };
          yield {
            type: 'text',
            text: messages.map(({ content }) => (typeof content === 'string' ? content : '')).join(' | '),
          };
          if (messages.at(-1)?.content === 'break') throw new HeddleError('model_host_lost', 'The host is gone.');
          const timed =
            messages.at(-1)?.content === 'time' ? { outputTokens: 21, firstTokenMs: 100, totalMs: 600 } : {};
          yield { type: 'end', finishReason: 'stop', model: id, usage: { inputTokens: 1, outputTokens: 1, ...timed } };
        },
      };
    },
    embedder: async (id) => ({
      id,
      dimensions: 2,
      maxTokens: 10,
      destination: { name: 'local', clearance: 'restricted', isLocal: true },
      embed: async (texts) => texts.map((text) => Float32Array.from(text.includes('leave') ? [1, 0] : [0, 2])),
    }),
    reranker: none,
    classifier: none,
    tokenizer: none,
    hosts: () => [],
    machine: async () => ({ memoryMb: 4096, limitMb: 2867, usesGpu: false }),
    watch: (onChange) => {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
    close: async () => undefined,
  };
  return { hub, pulls };
}

describe('/api/models', () => {
  let server: TestServer;
  let fake: ReturnType<typeof createFakeHub>;
  beforeEach(async () => {
    fake = createFakeHub();
    server = await startTestServer({ models: fake.hub });
  });
  afterEach(() => server.close());

  const until = async (isTrue: () => boolean | Promise<boolean>) => {
    for (let tries = 0; !(await isTrue()) && tries < 200; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await isTrue()).toBe(true);
  };

  it('lists models and hosts, accepts entries of the user, and refuses invalid and duplicate ones', async () => {
    expect((await server.call('GET', '/api/models')).body.models).toMatchObject([
      { card: { id: 'small' }, status: 'absent' },
      { card: { id: 'vectors' }, status: 'ready' },
    ]);
    expect((await server.call('GET', '/api/models/hosts')).body).toEqual({ hosts: [] });
    expect((await server.call('POST', '/api/models', card('mine'))).status).toBe(201);
    const [added] = await server.heddle.audit.list({ limit: 1 });
    expect(added).toMatchObject({ act: 'model', subject: 'model:mine', details: { step: 'added' } });
    expect((await server.call('POST', '/api/models', card('mine'))).body.error.code).toBe('conflict');
    const bad = await server.call('POST', '/api/models', {
      ...card('other'),
      files: [{ role: 'weights', name: 'x', sources: ['ftp://x'] }],
    });
    expect([bad.status, bad.body.error.code]).toEqual([400, 'bad_request']);
  });

  it('downloads in a job with progress, published to watchers of models', async () => {
    const socket = io(`${server.address}/live`, { transports: ['websocket'], forceNew: true });
    const messages: unknown[] = [];
    socket.on('events', (message: unknown) => messages.push(message));
    await socket.emitWithAck('watch', { topic: 'models' });
    const { status, body } = await server.call('POST', '/api/models/small/pull');
    expect(status).toBe(202);
    await until(() => fake.pulls.length === 1);
    expect((await server.call('GET', `/api/jobs/${body.jobId}`)).body).toMatchObject({
      kind: 'pull',
      subject: 'small',
      status: 'running',
      progress: { bytes: 5, total: 10 },
    });
    fake.pulls[0]?.finish();
    await until(async () => (await server.call('GET', `/api/jobs/${body.jobId}`)).body.status === 'done');
    await until(() => JSON.stringify(messages).includes('"status":"ready"'));
    socket.close();
  });

  it('refuses unknown models at once, and shows why a download failed', async () => {
    const unknown = await server.call('POST', '/api/models/nothing/pull');
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'model_unknown']);
    const pulling = downloadModel(createCaller(server.address), 'small');
    await until(() => fake.pulls.length === 1);
    fake.pulls[0]?.finish(new HeddleError('checksum_mismatch', 'It is another file.'));
    await expect(pulling).rejects.toMatchObject({ code: 'checksum_mismatch', message: 'It is another file.' });
  });

  it('stops a download that its command aborts', async () => {
    const stop = new AbortController();
    const pulling = downloadModel(createCaller(server.address), 'small', { signal: stop.signal });
    await until(() => fake.pulls.length === 1);
    stop.abort();
    await expect(pulling).rejects.toMatchObject({ code: 'aborted' });
    expect(fake.pulls[0]?.signal?.aborted).toBe(true);
  });

  it('loads and unloads on demand, and reports a model that is missing', async () => {
    const missing = await server.call('POST', '/api/models/small/load');
    expect([missing.status, missing.body.error.code]).toEqual([409, 'model_missing']);
    expect((await server.call('POST', '/api/models/vectors/load')).status).toBe(204);
    const status = async () => String((await server.call('GET', '/api/models')).body.models[1].status);
    expect(await status()).toBe('loaded');
    expect((await server.call('POST', '/api/models/vectors/unload')).status).toBe(204);
    expect(await status()).toBe('ready');
  });

  it('tries a prompt as it is written, and sends a failure in the middle as the last event', async () => {
    const events = async (prompt: string) => {
      const { body, headers } = await server.call('POST', '/api/models/small/try', { prompt, system: 'Be brief.' });
      expect(headers.get('content-type')).toContain('text/event-stream');
      return String(body)
        .trim()
        .split('\n\n')
        .map((event) => JSON.parse(event.slice('data: '.length)) as unknown);
    };
    expect(await events('Hello')).toMatchObject([
      { type: 'started' },
      { type: 'text', text: 'Be brief. | Hello' },
      { type: 'end' },
    ]);
    expect((await events('break')).at(-1)).toMatchObject({ type: 'error', error: { code: 'model_host_lost' } });
    const unknown = await server.call('POST', '/api/models/none/try', { prompt: 'x' });
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'model_unknown']);
    expect((await server.call('POST', '/api/models/small/try', { prompt: '' })).status).toBe(400);
  });

  it('reports the hardware of the machine, and the speed that a trial measured', async () => {
    const read = async () => ModelsReply.parse((await server.call('GET', '/api/models')).body);
    expect(await read()).toMatchObject({ machine: { memoryMb: 4096, limitMb: 2867, usesGpu: false } });
    await server.call('POST', '/api/models/small/try', { prompt: 'untimed' });
    const speedOf = ({ models }: ModelsReply) => models.map(({ card: { id }, speed }) => [id, speed]);
    expect(speedOf(await read())).toEqual([
      ['small', undefined],
      ['vectors', undefined],
    ]);
    await server.call('POST', '/api/models/small/try', { prompt: 'time' });
    expect(speedOf(await read())).toEqual([
      ['small', { tokensPerSecond: 40, firstTokenMs: 100 }],
      ['vectors', undefined],
    ]);
  });

  it('scores texts by their similarity to a query', async () => {
    const reply = await server.call('POST', '/api/models/vectors/score', {
      query: 'leave',
      texts: ['about leave', 'about wool'],
    });
    expect(reply.body).toMatchObject({ scores: [{ likeness: 1 }, { likeness: 0 }], dimensions: 2 });
    expect((await server.call('POST', '/api/models/vectors/score', { texts: ['x'] })).body.error.code).toBe(
      'bad_request',
    );
    expect((await server.call('POST', '/api/models/small/score', { query: 'x', texts: ['x'] })).body.error.code).toBe(
      'model_wrong_kind',
    );
  });
});

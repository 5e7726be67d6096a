import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError, ModelCard, type ModelHub, type ModelState } from '@heddle/core';
import { io } from 'socket.io-client';
import { createHttpClient } from '../cli/client/http-client.js';
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

/** A hub that downloads when a test says so. */
function createFakeHub() {
  const states = new Map<string, ModelState>([['small', { card: card('small'), status: 'absent', bytes: 0 }]]);
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
    languageModel: none,
    embedder: none,
    reranker: none,
    classifier: none,
    tokenizer: none,
    hosts: () => [],
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

  it('lists models and hosts, takes entries of the user, and refuses bad ones and doubled ones', async () => {
    expect((await server.call('GET', '/api/models')).body.models).toMatchObject([
      { card: { id: 'small' }, status: 'absent' },
    ]);
    expect((await server.call('GET', '/api/models/hosts')).body).toEqual({ hosts: [] });
    expect((await server.call('POST', '/api/models', card('mine'))).status).toBe(201);
    expect((await server.call('POST', '/api/models', card('mine'))).body.error.code).toBe('conflict');
    const bad = await server.call('POST', '/api/models', {
      ...card('other'),
      files: [{ role: 'weights', name: 'x', sources: ['ftp://x'] }],
    });
    expect([bad.status, bad.body.error.code]).toEqual([400, 'bad_request']);
  });

  it('downloads in a job with progress, told to watchers of models', async () => {
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

  it('refuses unknown models at once, and keeps why a download failed', async () => {
    const unknown = await server.call('POST', '/api/models/nothing/pull');
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'model_unknown']);
    const pulling = createHttpClient(server.address).pullModel('small', {});
    await until(() => fake.pulls.length === 1);
    fake.pulls[0]?.finish(new HeddleError('checksum_mismatch', 'It is another file.'));
    await expect(pulling).rejects.toMatchObject({ code: 'checksum_mismatch', message: 'It is another file.' });
  });

  it('stops a download that its command gives up', async () => {
    const stop = new AbortController();
    const pulling = createHttpClient(server.address).pullModel('small', { signal: stop.signal });
    await until(() => fake.pulls.length === 1);
    stop.abort();
    await expect(pulling).rejects.toMatchObject({ code: 'aborted' });
    expect(fake.pulls[0]?.signal?.aborted).toBe(true);
  });
});

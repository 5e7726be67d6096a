import { describe, expect, it } from '@jest/globals';
import { pets } from '../__fixtures__/pets.js';
import { standInsOfTests, startStandIn } from './__fixtures__/stand-in.js';
import { createQdrantStore } from './qdrant-store.js';

const standIn = standInsOfTests();

describe('Qdrant store when the server is not well', () => {
  const list = async (url: string, more: { apiKey?: string; timeoutMs?: number } = {}) =>
    createQdrantStore({ url, ...more }).list();

  it('reports that no server answers', async () => {
    const gone = await startStandIn(() => undefined);
    await gone.close();

    await expect(list(gone.url)).rejects.toMatchObject({ code: 'vector_store_unreachable', retryable: true });
  });

  it('gives up on a slow server', async () => {
    const { url } = await standIn(() => undefined);

    await expect(list(url, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'vector_store_unreachable',
      message: expect.stringContaining('in time'),
    });
  });

  it('ends an aborted call even when the server is slow', async () => {
    const { url } = await standIn(({ method }) =>
      method === 'GET'
        ? { status: 200, body: { result: { config: { metadata: { heddle: 1, ...pets, createdAt: 1 } } } } }
        : undefined,
    );
    const collection = await createQdrantStore({ url }).open('pets');
    const controller = new AbortController();

    const running = collection.search({
      mode: 'dense',
      vector: new Float32Array(8).fill(1),
      k: 1,
      signal: controller.signal,
    });
    controller.abort();

    await expect(running).rejects.toMatchObject({ code: 'aborted' });
  });

  it('sends the key and reports that it was refused', async () => {
    const { url, asked } = await standIn(() => ({ status: 401, body: 'Invalid API key or JWT' }));

    await expect(list(url, { apiKey: 'wrong-key' })).rejects.toMatchObject({
      code: 'vector_store_unauthorized',
      message: expect.stringContaining('QDRANT_API_KEY'),
    });
    expect(asked[0]?.headers['api-key']).toBe('wrong-key');
  });

  it.each([
    [
      500,
      { status: { error: 'Service internal error: out of disk' }, time: 0 },
      { code: 'vector_store_failed', retryable: true, message: expect.stringContaining('out of disk') },
    ],
    [429, 'slow down', { code: 'vector_store_failed', retryable: true }],
    [
      400,
      { status: { error: 'Wrong input: no' }, time: 0 },
      { code: 'vector_store_failed', retryable: false, message: expect.stringContaining('Wrong input: no') },
    ],
    [502, '<html>Bad gateway</html>', { code: 'vector_store_failed', retryable: true }],
  ])('reports an answer %i with its reason', async (status, body, expected) => {
    const { url } = await standIn(() => ({ status, body }));

    await expect(list(url)).rejects.toMatchObject(expected);
  });

  it('refuses a collection that Heddle did not make', async () => {
    const { url } = await standIn(() => ({
      status: 200,
      body: { result: { config: { params: {} } }, status: 'ok', time: 0 },
    }));

    await expect(createQdrantStore({ url }).open('theirs')).rejects.toMatchObject({
      code: 'vector_store_failed',
      message: expect.stringContaining('not made by Heddle'),
    });
  });

  it('refuses an invalid address', () => {
    expect(() => createQdrantStore({ url: 'qdrant:6333' })).toThrow(
      expect.objectContaining({ code: 'setting_invalid' }),
    );
  });

  it('keeps a path before the API', async () => {
    const { url, asked } = await standIn(() => ({
      status: 200,
      body: { result: { aliases: [] }, status: 'ok', time: 0 },
    }));

    await createQdrantStore({ url: `${url}/behind/proxy/` }).list();

    expect(asked[0]?.path).toBe('/behind/proxy/aliases');
  });
});

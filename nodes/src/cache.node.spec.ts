import { labelOf, type Cache, type CacheEntry } from '@heddle/core';
import { createFakeEmbedder, runNode } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { cache } from './cache.node.js';

function memoryCache(): Cache {
  const entries = new Map<string, CacheEntry & { readonly vector?: Float32Array }>();
  return {
    get: (scope, key) => Promise.resolve(entries.get(`${scope} ${key}`)),
    nearest: (scope, vector, least) => {
      for (const [name, entry] of entries) {
        const similarity = (entry.vector ?? new Float32Array()).reduce(
          (sum, value, index) => sum + value * (vector[index] ?? 0),
          0,
        );
        if (name.startsWith(`${scope} `) && similarity >= least)
          return Promise.resolve({ ...entry, similarity, key: name });
      }
      return Promise.resolve(undefined);
    },
    set: (scope, key, entry) => {
      entries.set(`${scope} ${key}`, { ...entry, storedAt: 0 });
      return Promise.resolve();
    },
    clear: () => Promise.resolve(),
  };
}

describe('cache', () => {
  it('misses, keeps, and hits with the label and the saved cost', async () => {
    const resources = { cache: memoryCache() };
    const key = { question: 'Where?', user: 1 };
    const first = await runNode(cache, { resources, inputs: { key } });
    expect(first.outputs).toEqual({ miss: key });
    const usage = { cost: 0.25, currency: 'USD' };
    await runNode(cache, {
      resources,
      config: { mode: 'store' },
      inputs: { key, value: 'Here', usage },
      label: labelOf('confidential'),
    });
    const hit = await runNode(cache, {
      resources,
      inputs: { key: { user: 1, question: 'Where?' } },
      label: labelOf('public'),
    });
    expect(hit.outputs).toEqual({ hit: 'Here', value: 'Here' });
    expect(hit.decisions).toMatchObject([
      { kind: 'cache', summary: 'Used again; saved 0.25 USD.', details: { savedCost: 0.25 } },
    ]);
    expect(hit.label.level).toBe('confidential');
    expect((await runNode(cache, { resources, config: { scope: 'other' }, inputs: { key } })).outputs).toEqual({
      miss: key,
    });
  });

  it('finds a text that means the same', async () => {
    const resources = { cache: memoryCache(), embedder: createFakeEmbedder() };
    const config = { match: 'similar', similarity: 0.99 };
    await runNode(cache, {
      resources,
      config: { ...config, mode: 'store' },
      inputs: { key: 'the price of tea', value: '3' },
    });
    expect((await runNode(cache, { resources, config, inputs: { key: ' the price of tea ' } })).outputs['hit']).toBe(
      '3',
    );
    expect((await runNode(cache, { resources, config, inputs: { key: 'opening hours' } })).outputs).toEqual({
      miss: 'opening hours',
    });
  });
});

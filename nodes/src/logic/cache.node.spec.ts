import {
  isAtMost,
  labelOf,
  type Cache,
  type CacheEntry,
  type CacheFinding,
  type CacheScope,
  type Label,
} from '@heddle/core';
import { createFakeEmbedder, runNode } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { cache } from './cache.node.js';

function memoryCache(): Cache {
  interface Kept extends CacheEntry {
    readonly at: string;
    readonly key: string;
    readonly vector?: Float32Array;
    readonly model?: string;
  }
  const entries: Kept[] = [];
  const find = (scope: CacheScope, reader: Label, fits: (entry: Kept) => boolean): CacheFinding => {
    const found = entries.filter((entry) => entry.at === JSON.stringify(scope) && fits(entry));
    const entry = found.find(({ label }) => isAtMost(label.level, reader.level));
    if (entry !== undefined) return { entry };
    return found[0] === undefined ? {} : { above: found[0].label.level };
  };
  return {
    get: (scope, key, reader) => Promise.resolve(find(scope, reader, (entry) => entry.key === key)),
    nearest: (scope, { vector, model, minSimilarity }, reader) =>
      Promise.resolve(
        find(scope, reader, (entry) => {
          const near = (entry.vector ?? new Float32Array()).reduce(
            (sum, x, index) => sum + x * (vector[index] ?? 0),
            0,
          );
          return entry.model === model && near >= minSimilarity;
        }),
      ),
    set: (scope, key, entry) => {
      entries.unshift({ ...entry, at: JSON.stringify(scope), key, storedAt: 0 });
      return Promise.resolve();
    },
  };
}

describe('cache', () => {
  const key = { question: 'Where?', user: 1 };

  it('misses, stores, then hits with the saved cost, only in its scope and under its name', async () => {
    const resources = { cache: memoryCache() };
    const first = await runNode(cache, { resources, inputs: { key } });
    expect(first.outputs).toEqual({ miss: key });
    const usage = { cost: 0.25, currency: 'USD' };
    await runNode(cache, { resources, config: { mode: 'store' }, inputs: { key, value: 'Here', usage } });
    const hit = await runNode(cache, { resources, inputs: { key: { user: 1, question: 'Where?' } } });
    expect(hit.outputs).toEqual({ hit: 'Here', value: 'Here' });
    expect(hit.decisions).toMatchObject([
      { kind: 'cache', summary: 'Reused; saved 0.25 USD.', details: { savedCost: 0.25 } },
    ]);
    for (const config of [{ scope: 'other' }, { name: 'other' }, { scope: 'other', name: 'workflow' }])
      expect((await runNode(cache, { resources, config, inputs: { key } })).outputs).toEqual({ miss: key });
  });

  it('reads nothing above its own label, and reports that a result exists there', async () => {
    const resources = { cache: memoryCache() };
    const internal = labelOf('internal');
    const confidential = labelOf('confidential');
    const inputs = { key, value: 'Here' };
    await runNode(cache, { resources, config: { mode: 'store' }, inputs, label: confidential });
    const lookup = (config: object, label = internal) =>
      runNode(cache, { resources, config: { ...config }, inputs: { key }, label });
    const below = await lookup({});
    expect(below.outputs).toEqual({ miss: key });
    expect(below.label).toBe(internal);
    expect(below.decisions).toMatchObject([
      { summary: 'A stored result has a label above what this lookup reads.', details: { above: 'confidential' } },
    ]);
    expect((await lookup({}, confidential)).outputs['hit']).toBe('Here');
    const far = await lookup({ reads: 'confidential' });
    expect([far.outputs['hit'], far.label]).toEqual(['Here', confidential]);
    // The outputs of a miss reveal as much as those of a hit.
    const missed = await lookup({ reads: 'confidential', name: 'other' });
    expect([missed.outputs, missed.label]).toEqual([{ miss: key }, confidential]);
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
    for (const other of [{ key: 'opening hours' }, { key: 'the price of tea ', model: 'another' }]) {
      const { key: asked, ...differs } = { model: 'all-minilm-l6-v2', ...other };
      const reply = await runNode(cache, {
        resources,
        config: { ...config, ...differs },
        inputs: { key: `${asked}!` },
      });
      expect(reply.outputs).toEqual({ miss: `${asked}!` });
    }
  });
});

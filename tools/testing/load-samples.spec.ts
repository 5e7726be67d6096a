import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { fileURLToPath } from 'node:url';
import { loadSamples } from '../first-run/load-samples.mjs';

const workflows = fileURLToPath(new URL('../../workflows', import.meta.url));

/** A new Heddle that cannot create collections, with the workflows that its first start creates and the failures that it reports. */
function newHeddle(fault: Error) {
  const created: string[] = [];
  const said: string[] = [];
  const heddle = {
    workflows: {
      list: () => Promise.resolve([]),
      create: (_text: string, slug: string) => {
        created.push(slug);
        return Promise.resolve();
      },
    },
    collections: { survey: () => Promise.resolve({ collections: [] }), create: () => Promise.reject(fault) },
    publishing: { versions: { setTests: () => Promise.resolve() } },
  };
  const progress = { start: () => undefined, fail: (text: string) => void said.push(text) };
  return { created, said, load: () => loadSamples(heddle, progress, workflows, true) };
}

describe('the samples of the first start', () => {
  it.each([
    ['collections have no store', 'resource_unavailable', 'Set PGVECTOR_URL.'],
    ['a store does not answer', 'vector_store_unreachable', 'Qdrant does not answer: check QDRANT_URL.'],
  ] as const)('are left for later if %s, and the workflow is created all the same', async (_where, code, message) => {
    const { created, said, load } = newHeddle(new HeddleError(code, message));
    expect(await load()).toBe(false);
    expect(created).toEqual(['ask-the-handbook']);
    expect(said).toEqual([expect.stringContaining(`${message} Import the sample documents later: npx `)]);
  });

  it('fail the start on any other fault', async () => {
    const { created, load } = newHeddle(new HeddleError('storage_full', 'The disk is full.'));
    await expect(load()).rejects.toMatchObject({ code: 'storage_full' });
    expect(created).toEqual([]);
  });
});

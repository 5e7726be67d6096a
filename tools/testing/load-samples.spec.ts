import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { fileURLToPath } from 'node:url';
import { loadSamples } from '../first-run/load-samples.mjs';

const workflows = fileURLToPath(new URL('../../workflows', import.meta.url));

/** A new Heddle whose collections cannot be created, and what its first start does and says. */
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
    collections: { list: () => Promise.resolve([]), create: () => Promise.reject(fault) },
    publishing: { versions: { setTests: () => Promise.resolve() } },
  };
  const progress = { start: () => undefined, fail: (text: string) => void said.push(text) };
  return { created, said, load: () => loadSamples(heddle, progress, workflows, true) };
}

describe('the samples of the first start', () => {
  it('are left for later where collections have no store, and the workflow is there all the same', async () => {
    const { created, said, load } = newHeddle(new HeddleError('resource_unavailable', 'Set PGVECTOR_URL.'));
    expect(await load()).toBe(false);
    expect(created).toEqual(['ask-the-handbook']);
    expect(said).toEqual([expect.stringMatching(/^Set PGVECTOR_URL\. Import the sample documents later: npx /)]);
  });

  it('fail the start where the fault is another one', async () => {
    const { created, load } = newHeddle(new HeddleError('storage_full', 'The disk is full.'));
    await expect(load()).rejects.toMatchObject({ code: 'storage_full' });
    expect(created).toEqual([]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultLabel, type VectorCollection, type VectorStore } from '@heddle/core';
import { seededNumbers } from '@heddle/core/testing';
import { createEmbeddedStore } from './embedded-store.js';

const dimensions = 20;
const perDocument = 100;

/** A different vector for each passage. */
function vectorOf(passage: number): Float32Array {
  const next = seededNumbers(passage * 7919 + 1);
  return Float32Array.from({ length: dimensions }, next);
}

describe('a collection that is opened again', () => {
  let folder: string;
  let store: VectorStore;
  const open = async (): Promise<VectorCollection> => {
    store = createEmbeddedStore({ file: join(folder, 'collections.db') });
    return store.open('test');
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-test-'));
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every row of every page in its own slot, after any deletions', async () => {
    store = createEmbeddedStore({ file: join(folder, 'collections.db') });
    const splitter = { kind: 'fixed', maxTokens: 200, overlapTokens: 0 } as const;
    const filled = await store.create({ name: 'test', embedding: 'test', dimensions, splitter, label: defaultLabel });
    // More than two pages of 4,096 rows.
    const documents = Array.from({ length: 90 }, (_, document) => ({
      document: { id: `d${document}`, title: 'Test', mediaType: 'text/plain', hash: '0'.repeat(64), size: 1 },
      passages: Array.from({ length: perDocument }, (_unused, at) => {
        const passage = document * perDocument + at;
        return { id: `p${passage}`, text: `passage ${passage}`, vector: vectorOf(passage) };
      }),
    }));
    await filled.put(documents);
    await filled.delete(['d0', 'd44']);
    await store.close();
    const collection = await open();
    const nearest = async (passage: number): Promise<string | undefined> =>
      (await collection.search({ vector: vectorOf(passage), mode: 'dense', k: 1 }))[0]?.id;
    for (const passage of [100, 101, 4095, 4096, 4097, 4195, 4296, 4399, 4500, 8191, 8192, 8999])
      expect([passage, await nearest(passage)]).toEqual([passage, `p${passage}`]);
    for (const gone of [0, 99, 4400, 4499]) expect(await nearest(gone)).not.toBe(`p${gone}`);
  }, 60_000);
});

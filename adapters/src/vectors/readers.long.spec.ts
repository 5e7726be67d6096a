import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkRandomReaders, searchAsRandomReaders, type RandomReadersResult } from '@heddle/core/testing';
import { createEmbeddedStore } from './embedded/embedded-store.js';
import { startFakePinecone } from './pinecone/__fixtures__/fake-pinecone.js';
import { createPineconeStore } from './pinecone/pinecone-store.js';
import { createQdrantStore } from './qdrant/qdrant-store.js';
import { createFakeQdrant } from './qdrant/__fixtures__/fake-qdrant.js';
import { startStandIn } from './qdrant/__fixtures__/stand-in.js';

const report = (store: string, { searches, forbidden, recall }: RandomReadersResult): void =>
  console.log(
    `${store}: ${searches} searches, ${forbidden} forbidden results, recall ${recall.dense.toFixed(4)} semantic, ${recall.lexical.toFixed(4)} keyword`,
  );

describe('10,000 random searches over random lists of readers', () => {
  it('find what the reader may read in the embedded store', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-readers-'));
    const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
    try {
      const found = await searchAsRandomReaders(store, { seed: 11, documents: 1_000, searches: 10_000 });
      report('embedded', found);
      checkRandomReaders(found);
      await store.drop('random');
      // Enough rows that sign bits choose candidates among the passages that the reader may read.
      const many = { seed: 14, documents: 9_000, searches: 300, dimensions: 256, modes: ['dense'] } as const;
      const chosen = await searchAsRandomReaders(store, many);
      report('embedded, candidates', chosen);
      checkRandomReaders(chosen);
    } finally {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 3_600_000);

  it('find what the reader may read in Qdrant, answered by our small server', async () => {
    const fake = await startStandIn(createFakeQdrant());
    try {
      const found = await searchAsRandomReaders(createQdrantStore({ url: fake.url }), {
        seed: 12,
        documents: 30,
        searches: 10_000,
      });
      report('Qdrant', found);
      checkRandomReaders(found);
      expect(fake.violations).toEqual([]);
    } finally {
      await fake.close();
    }
  }, 3_600_000);

  it('find what the reader may read in Pinecone, answered by our small server', async () => {
    const fake = await startFakePinecone();
    try {
      const store = createPineconeStore({ url: fake.url, apiKey: fake.apiKey });
      const found = await searchAsRandomReaders(store, { seed: 15, documents: 30, searches: 10_000 });
      report('Pinecone', found);
      checkRandomReaders(found);
    } finally {
      await fake.close();
    }
  }, 3_600_000);
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { VectorCollection, VectorStore } from '@heddle/core';
import { pets } from '../../__fixtures__/pets.js';
import { createEmbeddedStore } from '../embedded-store.js';

interface Stored {
  readonly id: string;
  readonly text: string;
  readonly vector: readonly number[];
  readonly context?: string;
}

const asked = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);

describe('search', () => {
  let store: VectorStore;
  let collection: VectorCollection;
  beforeEach(async () => {
    store = createEmbeddedStore({ file: ':memory:' });
    collection = await store.create(pets);
  });
  afterEach(() => store.close());

  const put = (passages: readonly Stored[]): Promise<void> =>
    collection.put(
      passages.map(({ vector, ...passage }) => ({
        document: { id: passage.id, title: passage.id, mediaType: 'text/plain', hash: '0'.repeat(64), size: 1 },
        passages: [{ ...passage, vector: Float32Array.from({ length: 8 }, (_, at) => vector[at] ?? 0) }],
      })),
    );

  it('ranks first what is similar to the best results, and scores it against the question', async () => {
    await put([
      { id: 'robin', text: 'The robin sings', vector: [0.9, 0.436] },
      { id: 'other', text: 'A tax form', vector: [0.7, 0, 0.714] },
      { id: 'alike', text: 'A red breast', vector: [0.7, 0.714] },
    ]);

    const found = await collection.search({ mode: 'hybrid', vector: asked, text: 'robin', k: 3 });

    expect(found.map(({ document }) => document)).toEqual(['robin', 'alike', 'other']);
    const [, alike, other] = found.map(({ scores }) => scores?.dense);
    expect(alike).toBeCloseTo(0.7, 2);
    expect(other).toBeCloseTo(0.7, 2);
  });

  it('counts a word of the title and headings twice', async () => {
    await put([
      { id: 'mentioned', text: 'The robin and the bird house', vector: [1] },
      { id: 'about', text: 'The nest and the bird house', context: 'robin', vector: [1] },
    ]);

    const found = await collection.search({ mode: 'lexical', text: 'robin', k: 2 });

    expect(found.map(({ document }) => document)).toEqual(['about', 'mentioned']);
  });
});

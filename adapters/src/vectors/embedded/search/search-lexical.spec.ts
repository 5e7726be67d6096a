import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { VectorCollection, Filter, VectorStore } from '@heddle/core';
import { pets } from '../../__fixtures__/pets.js';
import { createEmbeddedStore } from '../embedded-store.js';

/** More passages than the number of scored candidates, all with one word; a few contain others too, or contain it more often. */
const passages = 2_600;
const often = new Set([7, 1_300, 2_599]);
const withRobin = new Set([3, 1_301]);

function textOf(index: number): string {
  if (often.has(index)) return 'loom loom loom loom';
  return withRobin.has(index) ? `loom robin ${index}` : `loom number ${index}`;
}

describe('lexical search among many passages with the same word', () => {
  let store: VectorStore;
  let collection: VectorCollection;
  beforeAll(async () => {
    store = createEmbeddedStore({ file: ':memory:' });
    collection = await store.create(pets);
    await collection.put([
      {
        document: { id: 'all', title: 'All', mediaType: 'text/plain', hash: '0'.repeat(64), size: 1 },
        passages: Array.from({ length: passages }, (_, index) => ({
          id: `p${index}`,
          text: textOf(index),
          vector: Float32Array.from({ length: pets.dimensions }, (_none, at) => (at === index % 8 ? 1 : 0)),
          metadata: { half: index % 2 },
        })),
      },
    ]);
  }, 60_000);
  afterAll(() => store.close());

  const search = async (text: string, k: number, filter?: Filter): Promise<readonly string[]> =>
    (await collection.search({ mode: 'lexical', text, k, ...(filter === undefined ? {} : { filter }) })).map(
      ({ id }) => id,
    );

  it('ranks first the passages that contain it most often', async () => {
    expect(new Set(await search('loom', 3))).toEqual(new Set(['p7', 'p1300', 'p2599']));
    expect(await search('loom', 10)).toHaveLength(10);
  });

  it('ranks first the passages that contain the rare word', async () => {
    expect(new Set(await search('loom of a robin', 2))).toEqual(new Set(['p3', 'p1301']));
  });

  it('ranks the same way among the passages that pass a filter', async () => {
    const odd = { op: 'eq', field: 'half', value: 1 } as const;
    expect(new Set(await search('loom', 2, odd))).toEqual(new Set(['p7', 'p2599']));
    const even = { op: 'eq', field: 'half', value: 0 } as const;
    expect((await search('loom', 1, even))[0]).toBe('p1300');
    expect((await search('a robin', 5, odd)).toSorted()).toEqual(['p1301', 'p3']);
    expect(await search('a robin', 5, even)).toEqual([]);
  });

  it('weights a word more the more often the question contains it', async () => {
    const [once] = await collection.search({ mode: 'lexical', text: 'robin', k: 1 });
    const [twice] = await collection.search({ mode: 'lexical', text: 'Robin, where is the robin?', k: 1 });

    expect((twice?.score ?? 0) / (once?.score ?? 1)).toBeCloseTo(Math.SQRT2);
  });
});

describe('keyword search among passages that each hold one word of a question', () => {
  it('finds passages with the word in the title, and passages that contain the more common word many times', async () => {
    const store = createEmbeddedStore({ file: ':memory:' });
    try {
      const collection = await store.create(pets);
      const vector = new Float32Array(pets.dimensions).fill(1);
      const rare = 1_100;
      const common = 1_300;
      const document = { id: 'all', title: 'All', mediaType: 'text/plain', hash: '0'.repeat(64), size: 1 };
      await collection.put([
        {
          document,
          passages: [
            ...Array.from({ length: rare }, (_, at) => ({ id: `r${at}`, text: `robin ${at}`, vector })),
            ...Array.from({ length: common }, (_, at) => ({ id: `w${at}`, text: `winter ${at}`, vector })),
            { id: 'often', text: 'winter '.repeat(6), vector },
            { id: 'titled', text: 'It sings', context: 'Robin', vector },
          ],
        },
      ]);

      const found = await collection.search({ mode: 'lexical', text: 'robin in winter', k: 2 });

      expect(found.map(({ id }) => id).toSorted()).toEqual(['often', 'titled']);
    } finally {
      await store.close();
    }
  });
});

describe('keyword search for words that very many passages hold', () => {
  it('finds the passages that contain all words, even with a filter, and otherwise those that contain one', async () => {
    const store = createEmbeddedStore({ file: ':memory:' });
    try {
      const collection = await store.create(pets);
      const vector = new Float32Array(pets.dimensions).fill(1);
      const count = 103_000;
      const size = 1_000;
      // Half of the passages contain each word, the last thousand both.
      const textOfPassage = (index: number): string =>
        index >= count - size
          ? `loom thread ${index === count - 5 ? 'loom' : index}`
          : index % 2 === 0
            ? 'loom'
            : 'thread';
      for (let from = 0; from < count; from += size)
        await collection.put([
          {
            document: { id: `d${from}`, title: '', mediaType: 'text/plain', hash: '0'.repeat(64), size: 1 },
            passages: Array.from({ length: size }, (_, at) => ({
              id: `p${from + at}`,
              text: textOfPassage(from + at),
              vector,
              ...(from + at === count - 9 ? { metadata: { kept: true } } : {}),
            })),
          },
        ]);
      const search = async (filter?: Filter): Promise<readonly string[]> =>
        (
          await collection.search({
            mode: 'lexical',
            text: 'loom thread',
            k: 3,
            ...(filter === undefined ? {} : { filter }),
          })
        ).map(({ id }) => id);
      expect((await search())[0]).toBe(`p${count - 5}`);
      expect(await search({ op: 'eq', field: 'kept', value: true })).toEqual([`p${count - 9}`]);
      expect((await search({ op: 'not', filter: { op: 'eq', field: 'kept', value: true } }))[0]).toBe(`p${count - 5}`);
      await collection.delete([`d${count - size}`]);
      expect(await search()).toHaveLength(3);
    } finally {
      await store.close();
    }
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, CollectionRelevance, Embedder } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counting, documents, page } from '../../testing/collections-setup.js';
import { wordTokenizer } from '../../testing/word-tokenizer.js';
import { createEmbeddedStore, type EmbeddedStore } from '../../vectors/embedded/embedded-store.js';
import { createCollections } from '../create-collections.js';

const topics = ['Leave', 'Travel', 'Salary', 'Security', 'Parking', 'Canteen', 'Training', 'Laptops'];
/** Eight documents on different topics, each with words that no other has. */
const handbook = topics.map((topic, at) =>
  page(
    `${topic.toLowerCase()}.md`,
    Array.from({ length: 4 }, (_, line) => {
      const own = (name: string): string => `${topic.toLowerCase()}${name}${line}`;
      return `${topic} rule ${at}${line}: every ${own('worker')} gives ${own('papers')} and ${own('signature')} to ${own('office')}.`;
    }).join('\n\n'),
    { title: topic },
  ),
);
const answerable = 'What does a travelworker1 give to the traveloffice1 with travelpapers1?';
const unanswerable = 'Which singers won the trophy in Lisbon?';

/** Vectors of word counts: questions with other words have other vectors. */
const bagOfWords: Embedder['embed'] = async (texts) =>
  texts.map((text) => {
    const vector = new Float32Array(512);
    for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) {
      let hash = 7;
      for (const character of word) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
      vector[hash % 512] = (vector[hash % 512] ?? 0) + 1;
    }
    return vector;
  });

describe('the threshold of a collection', () => {
  let folder: string;
  let store: EmbeddedStore;
  let asked: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-relevance-'));
    asked = [];
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (): Promise<Collection> => {
    store = createEmbeddedStore({ file: join(folder, 'collections.db') });
    const embedder: Embedder = {
      ...counting(),
      dimensions: 512,
      embed: (texts, options) => {
        if (options.kind === 'query') asked.push(...texts);
        return bagOfWords(texts, options);
      },
    };
    const collections = createCollections({
      embedded: store,
      documents,
      embedder: async () => embedder,
      tokenizer: async () => wordTokenizer(),
    });
    const known = (await collections.list()).length > 0;
    return known ? collections.open('handbook') : collections.create({ name: 'handbook', embedding: 'fake' });
  };
  const filled = async (): Promise<Collection> => {
    const collection = await open();
    await collection.ingest(handbook);
    return collection;
  };
  const found = async (collection: Collection, query: string, relevance: 'apply' | 'show' | 'off' = 'apply') =>
    (await collection.search({ query, k: 3, relevance })).length;
  const relevanceOf = (collection: Collection): Promise<CollectionRelevance> => collection.relevance!.get();

  it('is found for documents about the constructor of a class', async () => {
    const collection = await open();
    const code = page(
      'code.md',
      'The constructor of the class takes a worker, the papers and the office as arguments.',
    );
    await collection.ingest([...handbook, code]);
    const [first] = await collection.search({ query: answerable, relevance: 'show' });
    expect(first?.scores?.relevance).toBeGreaterThan(0.5);
    expect((await relevanceOf(collection)).inEffect?.minimum).toBeGreaterThan(0);
  });

  it.each(['hybrid', 'dense', 'lexical'] as const)(
    'separates questions with and without an answer in %s search',
    async (mode) => {
      const collection = await filled();
      const ask = async (query: string, relevance: 'apply' | 'off') =>
        (await collection.search({ query, mode, k: 3, relevance })).map(({ document }) => document);
      expect((await ask(answerable, 'apply'))[0]).toBe('travel.md');
      expect(await ask(unanswerable, 'apply')).toEqual([]);
      if (mode !== 'lexical') expect(await ask(unanswerable, 'off')).toHaveLength(3);
    },
  );

  it('is computed once, at the first question that needs it, and is stored for the next start', async () => {
    const collection = await filled();
    expect(await found(collection, unanswerable, 'off')).toBe(3);
    expect(await relevanceOf(collection)).toEqual({ setting: { mode: 'calibrated' }, estimates: [] });
    await Promise.all([found(collection, unanswerable), found(collection, answerable)]);
    const questions = asked.length;
    expect(questions).toBeGreaterThan(50);
    const known = await relevanceOf(collection);
    expect(known.calibrated).toMatchObject({ passages: 8 });
    expect(known.inEffect?.refused).toBeGreaterThan(0.9);
    await store.close();
    const again = await open();
    expect(await relevanceOf(again)).toEqual(known);
    expect(await found(again, unanswerable)).toBe(0);
    expect(asked).toHaveLength(questions + 1);
  });

  it('reports the relevance of a question, and keeps the passages', async () => {
    const collection = await filled();
    const [good] = await collection.search({ query: answerable, k: 1, relevance: 'show' });
    const [bad] = await collection.search({ query: unanswerable, k: 1, relevance: 'show' });
    expect(good?.scores?.relevance).toBeGreaterThan(0.6);
    expect(bad?.scores?.relevance).toBeLessThan(0.3);
    expect((await collection.search({ query: answerable, k: 1, relevance: 'apply' })).length).toBe(1);
  });

  it('can be set by hand and switched off', async () => {
    const collection = await filled();
    await collection.relevance!.set({ mode: 'off' });
    expect(await found(collection, unanswerable)).toBe(3);
    expect(asked).toHaveLength(1); // Nothing was computed.
    await collection.relevance!.set({ mode: 'manual', minimum: 1 });
    expect(await found(collection, answerable)).toBe(0);
    const byHand = await collection.relevance!.set({ mode: 'manual', minimum: 0 });
    expect(byHand.inEffect).toMatchObject({ minimum: 0, lost: 0, refused: 0 });
    expect(await found(collection, unanswerable)).toBe(3);
    await expect(collection.relevance!.set({ mode: 'manual' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(collection.relevance!.set({ mode: 'manual', minimum: 7 })).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  it('is computed again when much of the collection has changed', async () => {
    const collection = await filled();
    expect(await found(collection, 'What does a choirsinger0 give to the choirstage0 with choirsongs0?')).toBe(0);
    const before = (await relevanceOf(collection)).calibrated;
    await collection.ingest([
      page('choir.md', 'Choir rule: every choirsinger0 gives choirsongs0 and a choirticket0 to choirstage0.'),
    ]);
    await found(collection, answerable);
    expect((await relevanceOf(collection)).calibrated).toEqual(before); // One passage of eight is not much.
    await collection.ingest([
      page('a.md', '# One\n\nFirst rule of the choirs.\n\n# Two\n\nSecond rule of the choirs.'),
    ]);
    await found(collection, answerable); // Starts the computation.
    await collection.relevance!.calibrate(); // Waits for it.
    expect((await relevanceOf(collection)).calibrated).toMatchObject({ passages: 11 });
  });

  it('works for an empty collection and for one with a single word', async () => {
    const collection = await open();
    expect(await found(collection, answerable)).toBe(0);
    await collection.ingest([page('tiny.md', 'Blue.')]);
    expect(await found(collection, 'Is it blue?')).toBe(1);
    expect(await found(collection, unanswerable)).toBe(0);
    expect((await relevanceOf(collection)).inEffect?.refused).toBeGreaterThan(0.9);
  });

  it('uses only the embedding for a question that shares no word with the passages', async () => {
    const collection = await filled();
    // The words differ but the vector is that of a rule, as for a question in another language with a multilingual model.
    const embed = async (query: string) => bagOfWords([query], { kind: 'query' });
    const [rule] = await embed(
      'Travel rule 11 every travelworker1 gives travelpapers1 and travelsignature1 to traveloffice1',
    );
    const foreign = collection.through!({
      embedder: (inner) => ({
        ...inner,
        embed: async (texts, options) =>
          texts.length === 1 && texts[0] === 'Wem überreicht man Unterlagen?' ? [rule!] : inner.embed(texts, options),
      }),
    });
    expect(await found(collection, 'Wem überreicht man Unterlagen?')).toBe(0);
    expect(await found(foreign, 'Wem überreicht man Unterlagen?')).toBe(3);
  });
});

import { describe, expect, it } from '@jest/globals';
import { HeddleError, labelOf, type Destination, type Reranker, type SearchSettings } from '@heddle/core';
import { createFakeEmbedder } from '@heddle/core/testing';
import { createMemoryStore } from '../../testing/memory-store.js';
import { documents, page } from '../../testing/collections-setup.js';
import { wordTokenizer } from '../../testing/word-tokenizer.js';
import { createCollections } from '../create-collections.js';

const local: Destination = { name: 'local', clearance: 'restricted', isLocal: true };
const far: Destination = { name: 'far/rank', clearance: 'internal', isLocal: false };

/** A reranker that prefers long texts, and the texts that it was given. */
function lengthReranker(destination: Destination, error?: () => Error | undefined) {
  const asked: (readonly string[])[] = [];
  const reranker: Reranker = {
    id: destination.isLocal ? 'rank' : 'far/rank',
    destination,
    rerank: async (_query, texts) => {
      asked.push(texts);
      const thrown = error?.();
      if (thrown !== undefined) throw thrown;
      return texts.map(({ length }) => length);
    },
  };
  return { asked, reranker };
}

describe('search settings', () => {
  const setUp = async (
    destination = local,
    {
      error,
      label = 'internal' as const,
      store = 'embedded' as const,
    }: { error?: () => Error | undefined; label?: 'internal' | 'confidential'; store?: 'embedded' | 'qdrant' } = {},
  ) => {
    const { asked, reranker } = lengthReranker(destination, error);
    const embedder = createFakeEmbedder({ id: 'fake' });
    const collections = createCollections({
      embedded: createMemoryStore(store),
      documents,
      embedder: async () => embedder,
      tokenizer: async () => wordTokenizer(),
      reranker: async (id) => {
        if (id === 'rank' || id === 'far/rank') return reranker;
        throw new HeddleError('model_unknown', `There is no reranker '${id}'.`);
      },
      modelAt: async (id) => (id === 'far/rank' ? far : undefined),
    });
    const collection = await collections.create({ name: 'faq', embedding: 'fake', label: labelOf(label) });
    await collection.ingest(
      [1, 2, 3, 4, 5, 6].map((count) => page(`${count}.md`, `wool ${'and flax '.repeat(count)}`)),
    );
    return { collections, collection, asked };
  };
  const model = (more: Partial<NonNullable<SearchSettings['reranker']>> = {}): SearchSettings => ({
    mode: 'lexical',
    reranker: { model: 'rank', candidates: 6, ifUnavailable: 'fail', ...more },
  });
  const found = async (
    { collections }: Awaited<ReturnType<typeof setUp>>,
    request: object = {},
  ): Promise<readonly string[]> => {
    const collection = await collections.open('faq');
    return (await collection.search({ query: 'wool', k: 2, ...request })).map(({ document }) => document);
  };

  it('refuse a title weight that the store does not support, and keep the stored settings', async () => {
    const made = await setUp(local, { store: 'qdrant' });
    const { settings } = made.collection;
    await settings!.set({ mode: 'lexical', titleWeight: 2 });

    await expect(settings!.set({ mode: 'lexical', titleWeight: 4 })).rejects.toMatchObject({
      code: 'search_unsupported',
      message: expect.stringContaining('is in qdrant'),
    });
    await expect(settings!.tried({ titleWeight: 0 })).rejects.toMatchObject({ code: 'search_unsupported' });
    expect(await settings!.get()).toEqual({ mode: 'lexical', titleWeight: 2 });
    const { collection } = await setUp();
    expect(await collection.settings!.set({ titleWeight: 4 })).toEqual({ titleWeight: 4 });
    await expect(collection.settings!.set({ titleWeight: 11 })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('apply when a request leaves them out; the request wins', async () => {
    const made = await setUp();
    await made.collection.settings!.set({ mode: 'lexical', neighbours: 1 });
    const embed = { query: 'wool', k: 1 };
    const collection = await made.collections.open('faq');
    const [lexical] = await collection.search(embed);
    expect(lexical?.scores?.dense).toBeUndefined();
    const [dense] = await collection.search({ ...embed, mode: 'dense' });
    expect(dense?.score).toBeLessThanOrEqual(1);
    expect(await made.collection.settings!.get()).toEqual({ mode: 'lexical', neighbours: 1 });
  });

  it('apply the reranker after the threshold and before the reordering', async () => {
    const made = await setUp();
    await made.collection.settings!.set(model());
    expect(await found(made)).toEqual(['6.md', '5.md']);
    expect(made.asked.at(-1)).toHaveLength(6);
    expect(await found(made, { rerank: false })).not.toEqual(['6.md', '5.md']);
    const before = made.asked.length;
    expect(await found(made, { threshold: 1_000 })).toEqual([]);
    expect(made.asked).toHaveLength(before);
    await made.collection.settings!.set(model({ candidates: 1 }));
    await found(made, { k: 3 });
    expect(made.asked.at(-1)).toHaveLength(3);
    const collection = await made.collections.open('faq');
    const [first] = await collection.search({ query: 'wool', k: 1 });
    expect(first?.scores?.rerank).toBe(first?.score);
    expect(first?.scores?.lexical).toBeDefined();
  });

  it('let a host wrap the call of the reranker', async () => {
    const made = await setUp();
    await made.collection.settings!.set(model());
    const calls: number[] = [];
    const collection = await made.collections.open('faq');
    const wrapped = collection.through!({
      reranker: (inner) => ({
        ...inner,
        rerank: (query, texts, options) => {
          calls.push(texts.length);
          return inner.rerank(query, texts, options);
        },
      }),
    });
    await wrapped.search({ query: 'wool' });
    expect(calls).toEqual([6]);
  });

  it('fail with the error of the reranker, or continue without it and report that; a refusal always fails', async () => {
    let error: Error | undefined = new HeddleError('provider_failed', 'It is down.');
    const made = await setUp(local, { error: () => error });
    await made.collection.settings!.set(model());
    await expect(found(made)).rejects.toMatchObject({ code: 'provider_failed' });
    await made.collection.settings!.set(model({ ifUnavailable: 'continue' }));
    const notes: string[] = [];
    const collection = await made.collections.open('faq');
    const onUnranked = ({ code }: HeddleError): void => void notes.push(code);
    expect(await collection.search({ query: 'wool', k: 2 }, { onUnranked })).toHaveLength(2);
    expect(notes).toEqual(['provider_failed']);
    for (const code of ['budget_exceeded', 'label_refused', 'kill_switch'] as const) {
      error = new HeddleError(code, 'Not allowed.');
      await expect(collection.search({ query: 'wool' })).rejects.toMatchObject({ code });
    }
  });

  it('are refused when they cannot work', async () => {
    const made = await setUp();
    const set = (settings: object) => made.collection.settings!.set(settings);
    await expect(set({ mode: 'fast' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(set({ mood: 'dense' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(set({ reranker: { model: '' } })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(set({ reranker: { model: 'none' } })).rejects.toMatchObject({ code: 'model_unknown' });
    expect(await made.collection.settings!.get()).toEqual({});
  });

  it('send no passage to a reranker without the clearance', async () => {
    const made = await setUp(far);
    await made.collection.settings!.set(model({ model: 'far/rank' }));
    const opened = await made.collections.open('faq');
    expect(opened.reranking).toEqual(far);
    expect((await made.collections.open('faq')).embedding).toBeUndefined();
    await made.collection.ingest([page('secret.md', 'wool of the board', { label: labelOf('confidential') })]);
    const before = made.asked.length;
    await expect(found(made, { k: 7 })).rejects.toMatchObject({
      code: 'label_refused',
      message: expect.stringContaining('secret.md'),
    });
    expect(made.asked).toHaveLength(before);
    const closed = await setUp(far, { label: 'confidential' });
    await expect(closed.collection.settings!.set(model({ model: 'far/rank' }))).rejects.toMatchObject({
      code: 'label_refused',
    });
  });

  it('can be tried without being stored', async () => {
    const made = await setUp();
    const tried = await made.collection.settings!.tried(model());
    expect((await tried.search({ query: 'wool', k: 1 }))[0]?.document).toBe('6.md');
    expect(await made.collection.settings!.get()).toEqual({});
  });

  it('change with the index at a switch, and back', async () => {
    const made = await setUp();
    await made.collection.settings!.set(model());
    const { reindexing } = made.collections;
    await reindexing!.begin('faq', { embedding: 'fake' });
    await reindexing!.fill('faq');
    await reindexing!.switch('faq', { keepMs: 60_000 });
    expect(await (await made.collections.open('faq')).settings!.get()).toEqual(model());
    await (await made.collections.open('faq')).settings!.set({ mode: 'dense' });
    await reindexing!.back('faq');
    expect(await (await made.collections.open('faq')).settings!.get()).toEqual({ mode: 'dense' });
  });
});

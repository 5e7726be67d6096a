import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Collections, DocumentInput, Reindexing, VectorStore } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer, drawn } from '@heddle/core/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { spawnChild } from '../../child/spawn-child.js';
import { documents } from '../../testing/collections-setup.js';
import { createCollections } from '../create-collections.js';
import { twoStores } from './__fixtures__/two-stores.js';

const count = 12;
const texts = Array.from({ length: count }, (_, at): DocumentInput => ({
  id: `d${at}`,
  title: `Page ${at}`,
  content: `# Page ${at}\n\nText ${at} about animals and plants.\n\n## More\n\nAnd more ${at} about rivers and lakes.`,
  metadata: { number: at },
  ...(at === 3 ? { readers: ['user:ada'], label: { level: 'restricted', marks: [] } } : {}),
}));

describe('a collection that moves to another store', () => {
  let folder: string;
  let stores: ReturnType<typeof twoStores>;
  let embedded: number;
  let isDown: boolean;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-move-'));
    [embedded, isDown] = [0, false];
  });
  afterEach(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const close = async (): Promise<void> => {
    await Promise.all([stores.embedded, ...stores.servers].map((store) => store.close()));
  };
  const open = (wrap: (store: VectorStore) => VectorStore = (store) => store) => {
    stores = twoStores(folder);
    const inner = createFakeEmbedder({ id: 'fake' });
    const embed: typeof inner.embed = async (...given) => {
      embedded += given[0].length;
      return inner.embed(...given);
    };
    const collections = createCollections({
      embedded: stores.embedded,
      servers: stores.servers.map(wrap),
      documents,
      embedder: async () => ({ ...inner, embed }),
      tokenizer: async () => createFakeTokenizer(),
    });
    return { ...collections, reindexing: collections.reindexing! };
  };
  const filled = async (wrap?: (store: VectorStore) => VectorStore) => {
    const collections = open(wrap);
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest(texts);
    return { collections, collection, reindexing: collections.reindexing };
  };
  const contentOf = async (collection: Collection): Promise<unknown> => {
    const all = await collection.documents();
    const passages = await Promise.all(all.map(({ id }) => collection.passages(id)));
    return [all.map(({ updatedAt: _updatedAt, ...info }) => info), passages];
  };
  const storeOf = async (collections: Collections): Promise<string> =>
    (await (await collections.open('faq')).info()).store;
  const move = async (reindexing: Reindexing): Promise<void> => {
    await reindexing.begin('faq', { store: 'pgvector' });
    await reindexing.fill('faq');
    await reindexing.switch('faq', { keepMs: 60_000 });
  };

  it('keeps ids, labels, readers, metadata and answers there, without embedding again', async () => {
    const { collections, collection, reindexing } = await filled();
    const before = await contentOf(collection);
    const found = await collection.search({ query: 'Text 7 about animals', k: 50 });
    embedded = 0;
    expect(await reindexing.estimate('faq', { store: 'pgvector' })).toMatchObject({ tokens: 0, documents: count });
    const begun = await reindexing.begin('faq', { store: 'pgvector' });
    expect(begun).toMatchObject({
      serving: { store: 'embedded' },
      next: { info: { store: 'pgvector' }, missing: count },
      stores: ['embedded', 'pgvector'],
    });
    await reindexing.fill('faq');
    expect(await storeOf(collections)).toBe('embedded');
    const switched = await reindexing.switch('faq', { keepMs: 60_000 });
    expect(embedded).toBe(0);
    expect(switched).toMatchObject({ serving: { store: 'pgvector' }, previous: { info: { store: 'embedded' } } });
    // The collection that was opened before continues in the other store.
    expect(await contentOf(collection)).toEqual(before);
    const there = await collection.search({ query: 'Text 7 about animals', k: 50 });
    // Stores differ in the order of results with equal scores.
    expect(there[0]?.id).toBe(found[0]?.id);
    expect(there.map(({ id }) => id).sort()).toEqual(found.map(({ id }) => id).sort());
    const bob = collection.readableBy(async () => ['user:bob']);
    expect((await bob.search({ query: 'Text 3 about animals', k: 50 })).map(({ document }) => document)).not.toContain(
      'd3',
    );
    expect((await collections.list()).map(({ name, store }) => [name, store])).toEqual([['faq', 'pgvector']]);
  });

  it('goes back in one step, with everything written since', async () => {
    const { collections, collection, reindexing } = await filled();
    await move(reindexing);
    await collection.ingest([{ id: 'new', content: 'A new text.' }]);
    await collection.delete(['d4']);
    expect((await reindexing.state('faq')).previous?.info.documents).toBe(count);
    const back = await reindexing.back('faq');
    expect(back).toMatchObject({
      serving: { store: 'embedded', documents: count },
      next: { info: { store: 'pgvector' } },
    });
    expect(await collection.document('d4')).toBeUndefined();
    expect((await collection.search({ query: 'A new text.', k: 1 }))[0]?.document).toBe('new');
    await reindexing.switch('faq', { keepMs: 1 });
    expect(await storeOf(collections)).toBe('pgvector');
    expect(await reindexing.discard('faq', 'previous')).toBe(true);
    expect(await stores.embedded.list()).toEqual([]);
  });

  it('embeds again when the model or the splitter changes too', async () => {
    const { reindexing } = await filled();
    embedded = 0;
    await reindexing.begin('faq', { store: 'pgvector', splitter: { kind: 'fixed', maxTokens: 16, overlapTokens: 0 } });
    expect((await reindexing.fill('faq')).next).toMatchObject({ missing: 0, info: { store: 'pgvector' } });
    expect(embedded).toBeGreaterThan(count);
  });

  it('drops the index in the other store with the collection', async () => {
    const { collections, reindexing } = await filled();
    await move(reindexing);
    await collections.drop('faq');
    expect([await stores.embedded.list(), await stores.servers[0].list()]).toEqual([[], []]);
    await expect(collections.open('faq')).rejects.toMatchObject({ code: 'collection_not_found' });
  });

  it('refuses a store that is not set up', async () => {
    const { reindexing } = await filled();
    await expect(reindexing.begin('faq', { store: 'qdrant' })).rejects.toMatchObject({ code: 'resource_unavailable' });
    expect((await reindexing.state('faq')).next).toBeUndefined();
  });

  it('serves and imports documents while the other store is down, and catches up afterwards', async () => {
    const down = (store: VectorStore): VectorStore => ({
      ...store,
      open: async (name) => {
        if (isDown) throw new Error('It is down.');
        return store.open(name);
      },
    });
    const { collection, reindexing } = await filled(down);
    await reindexing.begin('faq', { store: 'pgvector' });
    await reindexing.fill('faq');
    isDown = true;
    await collection.ingest([{ id: 'meanwhile', content: 'A text of the meantime.' }]);
    expect((await collection.search({ query: 'A text of the meantime.', k: 1 }))[0]?.document).toBe('meanwhile');
    await expect(reindexing.switch('faq', { keepMs: 1 })).rejects.toThrow('It is down.');
    isDown = false;
    const switched = await reindexing.switch('faq', { keepMs: 1 });
    expect(switched.serving).toMatchObject({ store: 'pgvector', documents: count + 1 });
  });

  it('answers each search during a switch from one of the two stores', async () => {
    const { collection, reindexing } = await filled();
    await reindexing.begin('faq', { store: 'pgvector' });
    await reindexing.fill('faq');
    let isDone = false;
    let asked = 0;
    const asking = (async () => {
      for (; !isDone; asked += 1)
        expect((await collection.search({ query: 'Text 3 about animals', k: 5 })).length).toBe(5);
    })();
    for (let round = 0; round < 3; round += 1) {
      await reindexing.switch('faq', { keepMs: 60_000 });
      await reindexing.back('faq');
    }
    isDone = true;
    await asking;
    expect(asked).toBeGreaterThan(3);
  });

  const entry = new URL('./__fixtures__/move-child.js', import.meta.url);
  const kills = ['begun', 'copied', 'written', 'filled', 'switched', 'back'].map((step) => ({ step, failpoint: '' }));
  const handOvers = ['before', 'renamed', 'served'].map((name) => ({ step: '', failpoint: `hand-over-${name}:kill` }));
  it.each(drawn([...handOvers, ...kills], 3))(
    "continues after a kill at '$step$failpoint'",
    async ({ step, failpoint }) => {
      const { collection } = await filled();
      const before = (await collection.documents()).map(({ id }) => id);
      await close();
      const seen: string[] = [];
      const child = spawnChild({
        entry,
        args: [folder],
        env: { HEDDLE_FAILPOINT: failpoint },
        onMessage: (message) => {
          seen.push(z.object({ step: z.string() }).parse(message).step);
          if (seen.at(-1) === step || seen.at(-1) === 'back') void child.stop();
        },
        onExit: () => undefined,
      });
      await child.exited;

      const collections = open();
      expect((await collections.list()).map(({ name }) => name)).toEqual(['faq']);
      const again = await collections.open('faq');
      const there = (await again.documents()).map(({ id }) => id);
      const expected = new Set(before);
      if (seen.includes('written')) expected.add('late');
      if (seen.includes('deleted')) expected.delete('d2');
      if (seen.includes('written again')) expected.add('after');
      // Acknowledged writes are there; a write that was running may be.
      for (const id of expected) if (id !== 'd2' || !there.includes('late')) expect(there).toContain(id);
      for (const id of there) expect([...expected, 'late', 'after', 'd2']).toContain(id);
      const { reindexing } = collections;
      const state = await reindexing.state('faq');
      if (state.next === undefined && state.previous === undefined)
        await reindexing.begin('faq', { store: state.serving.store === 'embedded' ? 'pgvector' : 'embedded' });
      if (state.previous !== undefined && state.next === undefined) await reindexing.back('faq');
      const full = await reindexing.fill('faq');
      expect(full.next).toMatchObject({ missing: 0, info: { documents: there.length } });
      await reindexing.switch('faq', { keepMs: 60_000 });
      expect((await again.documents()).map(({ id }) => id)).toEqual(there);
      await reindexing.back('faq');
      expect((await again.documents()).map(({ id }) => id)).toEqual(there);
    },
    120_000,
  );
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Collections, DocumentInput, Embedder, Reindexing } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer, drawn } from '@heddle/core/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { spawnChild } from '../../child/spawn-child.js';
import { documents } from '../../testing/collections-setup.js';
import { createEmbeddedStore, type EmbeddedStore } from '../../vectors/embedded/embedded-store.js';
import { createCollections } from '../create-collections.js';

const count = 30;
const texts = Array.from({ length: count }, (_, at): DocumentInput => ({
  id: `d${at}`,
  title: `Page ${at}`,
  content: `# Page ${at}\n\nText ${at} about animals and plants.\n\n## More\n\nAnd more ${at} about rivers and lakes.`,
}));

describe('a collection that gets another index', () => {
  let folder: string;
  let store: EmbeddedStore;
  let now: number;
  let originals: Map<string, DocumentInput>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-reindex-'));
    now = 1_000;
    originals = new Map(texts.map((text) => [text.id, text]));
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (embed?: (id: string) => Embedder): Collections & { readonly reindexing: Reindexing } => {
    store = createEmbeddedStore({ file: join(folder, 'collections.db') });
    const collections = createCollections({
      embedded: store,
      documents,
      embedder: async (id) => embed?.(id) ?? createFakeEmbedder({ id, ...(id === 'wide' ? { dimensions: 24 } : {}) }),
      tokenizer: async () => createFakeTokenizer(),
      now: () => now,
      original: async (_, id) => originals.get(id),
      modelExists: (id) => id !== 'nothing',
    });
    return { ...collections, reindexing: collections.reindexing! };
  };
  const filled = async (embed?: (id: string) => Embedder) => {
    const collections = open(embed);
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest(texts);
    return { collections, collection, reindexing: collections.reindexing };
  };
  const idsOf = async (collection: Collection): Promise<readonly string[]> =>
    (await collection.documents()).map(({ id }) => id);

  it('serves the old index while the new one fills, then the new one, then the old one again', async () => {
    const { collections, collection, reindexing } = await filled();
    const begun = await reindexing.begin('faq', {
      embedding: 'wide',
      splitter: { kind: 'sentence', maxTokens: 16, overlapTokens: 0 },
    });
    expect(begun.next).toMatchObject({ info: { name: 'faq', embedding: 'wide', dimensions: 24 }, missing: count });
    expect((await collections.list()).map(({ name }) => name)).toEqual(['faq']);
    const full = await reindexing.fill('faq');
    expect(full.next).toMatchObject({ missing: 0, failures: [], info: { documents: count } });
    expect((await collection.info()).embedding).toBe('fake');
    await collection.relevance!.set({ mode: 'off' });
    const switched = await reindexing.switch('faq', { keepMs: 500 });
    expect(switched).toMatchObject({
      serving: { embedding: 'wide', documents: count, splitter: { kind: 'sentence' } },
      previous: { info: { embedding: 'fake' }, keptUntil: 1_500 },
    });
    // The collection that was opened before continues with the new index: search, import and settings.
    expect((await collection.search({ query: 'Text 7 about animals', k: 3 })).length).toBe(3);
    expect((await collection.relevance!.get()).setting).toEqual({ mode: 'off' });
    await collection.ingest([{ id: 'new', content: 'A new text.' }]);
    const back = await reindexing.back('faq');
    expect(back).toMatchObject({
      serving: { embedding: 'fake', documents: count + 1 },
      next: { info: { embedding: 'wide' } },
    });
    expect(back.previous).toBeUndefined();
    expect((await collection.search({ query: 'A new text.', k: 1 }))[0]?.document).toBe('new');
  });

  it('stores what is written, changed and deleted meanwhile in both indexes', async () => {
    const { collection, reindexing } = await filled();
    await reindexing.begin('faq', { embedding: 'wide' });
    const filling = reindexing.fill('faq');
    originals.delete('d3');
    await collection.ingest([
      { id: 'd3', content: 'Another text.', metadata: { year: 2026 } },
      { id: 'late', content: 'Late.' },
    ]);
    await collection.delete(['d4']);
    await filling;
    const expected = await idsOf(collection);
    expect((await reindexing.state('faq')).next).toMatchObject({ missing: 0, info: { documents: expected.length } });
    await reindexing.switch('faq', { keepMs: 1 });
    expect(await idsOf(collection)).toEqual(expected);
    expect(await collection.document('d3')).toMatchObject({ metadata: { year: 2026 } });
    await collection.delete(['d5']);
    await collection.ingest([{ id: 'd6', content: 'Six is different.' }]);
    const { previous } = await reindexing.state('faq');
    expect(previous?.info.documents).toBe(expected.length - 1);
    await reindexing.back('faq');
    expect((await collection.passages('d6')).map(({ text }) => text)).toEqual(['Six is different.']);
    expect(await collection.document('d5')).toBeUndefined();
  });

  it('copies a document without an original from its passages, unchanged', async () => {
    const { collection, reindexing } = await filled();
    originals.clear();
    const before = await collection.document('d1');
    await reindexing.begin('faq', { splitter: { kind: 'fixed', maxTokens: 16, overlapTokens: 2 } });
    await reindexing.fill('faq');
    await reindexing.switch('faq', { keepMs: 1 });
    const after = await collection.document('d1');
    expect({ ...after, passages: 0, updatedAt: 0 }).toEqual({ ...before, passages: 0, updatedAt: 0 });
    expect((await collection.passages('d1')).map(({ text }) => text).join(' ')).toContain('rivers and lakes');
  });

  it('compares both indexes on labelled questions and on the latest searches', async () => {
    const { collection, reindexing } = await filled();
    await expect(reindexing.compare('faq', [], 3)).rejects.toMatchObject({ code: 'conflict' });
    await reindexing.begin('faq', { embedding: 'wide' });
    await expect(reindexing.compare('faq', [], 3)).rejects.toMatchObject({ code: 'bad_request' });
    await reindexing.fill('faq');
    await collection.search({ query: 'Text 1 about animals and plants.', k: 2 });
    expect(await reindexing.compare('faq', [], 3)).toMatchObject({
      questions: 1,
      labelled: 0,
      rows: [{ question: 'Text 1 about animals and plants.' }],
    });
    const question = { question: 'Text 9 about animals and plants.', documents: ['d9'] };
    const compared = await reindexing.compare('faq', [question, { question: 'x', documents: [] }], 30);
    expect(compared).toMatchObject({ questions: 2, labelled: 1, serving: { recall: 1 }, other: { recall: 1 } });
    expect(compared.overlap).toBeGreaterThan(0);
  });

  it('counts k documents as a lab does, even when one document has several of the first passages', async () => {
    const { collection, reindexing } = await filled();
    const section = (title: string): string => `## ${title}\n\nA robin nests.`;
    await collection.ingest([
      { id: 'long.md', content: ['One', 'Two', 'Three'].map(section).join('\n\n') },
      { id: 'short', content: 'A robin.' },
    ]);
    expect(await collection.passages('long.md')).toHaveLength(3);
    await reindexing.begin('faq', { embedding: 'wide' });
    await reindexing.fill('faq');
    const question = { question: 'Where nests a robin?', documents: ['long.md', 'short'] };
    const { serving, rows } = await reindexing.compare('faq', [question], 2);
    expect(serving.recall).toBe(1);
    expect(rows[0]?.serving).toEqual(['long.md', 'short']);
  });

  it('reports the differences on labelled questions, with interval and verdict', async () => {
    const { reindexing } = await filled();
    await reindexing.begin('faq', { embedding: 'wide' });
    const labelled = texts.map(({ id }, at) => ({
      question: `Text ${at} about animals and plants.`,
      documents: [id],
    }));
    // The new index is still empty: it finds nothing.
    const { differences, serving } = await reindexing.compare('faq', labelled, 5);
    expect(serving.ndcg).toBeGreaterThan(0.5);
    expect(differences?.map(({ metric, verdict }) => [metric, verdict])).toEqual([
      ['ndcg', 'worse'],
      ['recall', 'worse'],
      ['reciprocalRank', 'worse'],
    ]);
    expect(differences?.[0]?.interval?.high).toBeLessThan(0);
    await reindexing.fill('faq');
    const full = await reindexing.compare('faq', labelled, 5);
    expect(full.differences?.every(({ verdict }) => verdict !== 'worse')).toBe(true);
  });

  it('estimates a new index from documents that it cuts and embeds, and writes nothing', async () => {
    for (const [at, text] of texts.entries())
      originals.set(text.id, { ...text, content: `${String(text.content)}\n\n${'And more words. '.repeat(20 + at)}` });
    const { collection, reindexing } = await filled();
    await collection.ingest([...originals.values()]);
    const splitter = { kind: 'fixed', maxTokens: 16, overlapTokens: 4, context: false } as const;
    const estimate = await reindexing.estimate('faq', { embedding: 'wide', splitter });
    expect(estimate).toMatchObject({ embedding: 'wide', splitter, documents: count, failures: [] });
    expect(estimate.sampled).toBeGreaterThan(0);
    expect(estimate.passages).toBeGreaterThan(estimate.passagesNow);
    expect(estimate.ms).toBeGreaterThanOrEqual(0);
    expect((await store.list()).map(({ name }) => name)).toEqual(['faq']);
    await reindexing.begin('faq', { embedding: 'wide', splitter });
    const { next } = await reindexing.fill('faq');
    // The documents are similar, so the estimate is close.
    expect(Math.abs(estimate.passages - (next?.info.passages ?? 0))).toBeLessThan(estimate.passages / 10);
    await expect(reindexing.estimate('faq', { embedding: 'nothing' })).rejects.toMatchObject({ code: 'model_unknown' });
  });

  it('sends nothing to a remote model for an estimate, and reports documents that cannot be read', async () => {
    let sent = 0;
    const far = (id: string): Embedder => {
      const inner = createFakeEmbedder({ id });
      if (id !== 'far') return inner;
      const embed: Embedder['embed'] = (given, options) => {
        sent += given.length;
        return inner.embed(given, options);
      };
      return { ...inner, embed, destination: { name: 'far', clearance: 'internal', isLocal: false } };
    };
    const { reindexing } = await filled(far);
    originals.set('d0', { id: 'd0', content: '' });
    const estimate = await reindexing.estimate('faq', { embedding: 'far' });
    expect(estimate).toMatchObject({ documents: count, failures: [{ document: 'd0' }] });
    expect(estimate.sampled).toBeGreaterThan(1);
    expect(estimate.tokens).toBeGreaterThan(0);
    expect([estimate.ms, sent]).toEqual([undefined, 0]);
  });

  it('estimates zero for an empty collection', async () => {
    const collections = open();
    await collections.create({ name: 'faq', embedding: 'fake' });
    expect(await collections.reindexing.estimate('faq', {})).toMatchObject({
      documents: 0,
      passages: 0,
      tokens: 0,
      ms: 0,
    });
  });

  it('refuses a switch that would lose documents, unless it is forced', async () => {
    const broken = (id: string): Embedder => {
      const inner = createFakeEmbedder({ id });
      return id === 'fake' ? inner : { ...inner, maxTokens: 4096 };
    };
    const { collection, reindexing } = await filled(broken);
    originals.set('d8', {
      id: 'd8',
      content: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]),
    });
    await reindexing.begin('faq', { embedding: 'other' });
    const full = await reindexing.fill('faq');
    expect(full.next).toMatchObject({ missing: 1, failures: [{ document: 'd8' }] });
    await expect(reindexing.switch('faq', { keepMs: 1 })).rejects.toMatchObject({
      code: 'conflict',
      details: { documents: ['d8'] },
    });
    expect((await collection.info()).embedding).toBe('fake');
    await reindexing.switch('faq', { keepMs: 1, force: true });
    expect(await collection.info()).toMatchObject({ embedding: 'other', documents: count - 1 });
  });

  it('refuses a second index, an unknown model, and names of hidden indexes', async () => {
    const { collections, reindexing } = await filled();
    await expect(reindexing.switch('faq', { keepMs: 1 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(reindexing.back('faq')).rejects.toMatchObject({ code: 'conflict' });
    await expect(reindexing.begin('faq', { embedding: 'nothing' })).rejects.toMatchObject({ code: 'model_unknown' });
    await expect(reindexing.begin('none', {})).rejects.toMatchObject({ code: 'collection_not_found' });
    await reindexing.begin('faq', {});
    await expect(reindexing.begin('faq', {})).rejects.toMatchObject({ code: 'conflict' });
    for (const name of ['faq@next', 'faq@previous']) {
      await expect(collections.open(name)).rejects.toMatchObject({ code: 'collection_not_found' });
      await expect(reindexing.state(name)).rejects.toMatchObject({ code: 'collection_not_found' });
      await expect(collections.create({ name, embedding: 'fake' })).rejects.toMatchObject({ code: 'bad_request' });
      expect(await collections.drop(name)).toBe(false);
    }
    expect(await reindexing.discard('faq', 'next')).toBe(true);
    expect(await reindexing.discard('faq', 'next')).toBe(false);
  });

  it('drops the previous index when its time is over, and all indexes with the collection', async () => {
    const { collections, reindexing } = await filled();
    await reindexing.begin('faq', { embedding: 'wide' });
    await reindexing.switch('faq', { keepMs: 500 });
    expect(await reindexing.sweep()).toEqual([]);
    now = 1_501;
    expect(await reindexing.sweep()).toEqual(['faq']);
    expect((await reindexing.state('faq')).previous).toBeUndefined();
    await reindexing.begin('faq', {});
    await collections.drop('faq');
    expect(await store.list()).toEqual([]);
  });

  it('answers each search during a switch from one of the two indexes', async () => {
    const { collection, reindexing } = await filled();
    await reindexing.begin('faq', { embedding: 'wide' });
    await reindexing.fill('faq');
    let isDone = false;
    let asked = 0;
    const asking = (async () => {
      while (!isDone) {
        expect((await collection.search({ query: 'Text 3 about animals', k: 5 })).length).toBe(5);
        asked += 1;
      }
    })();
    for (let round = 0; round < 3; round += 1) {
      await reindexing.switch('faq', { keepMs: 1 });
      await reindexing.back('faq');
    }
    isDone = true;
    await asking;
    expect(asked).toBeGreaterThan(5);
  });

  const entry = new URL('./__fixtures__/reindex-child.js', import.meta.url);
  /** Seeded points: a number of messages after which the process is killed, or a failpoint at which it kills itself. */
  const points = [
    ...[1, 2, 4, 7, 11, 16, 22].map((messages) => ({ name: `after ${messages} messages`, messages, failpoint: '' })),
    ...['switched', 'written again', 'back'].map((step) => ({
      name: `after '${step}'`,
      messages: step,
      failpoint: '',
    })),
    ...['reindex-before-commit', 'reindex-after-commit'].map((failpoint) => ({
      name: `at ${failpoint}`,
      messages: Infinity,
      failpoint: `${failpoint}:kill`,
    })),
  ];
  it.each(drawn(points, 4))(
    'continues after a kill $name',
    async ({ messages, failpoint }) => {
      const { collection } = await filled();
      const before = await idsOf(collection);
      await store.close();
      const seen: string[] = [];
      const child = spawnChild({
        entry,
        args: [join(folder, 'collections.db')],
        env: { HEDDLE_FAILPOINT: failpoint },
        onMessage: (message) => {
          seen.push(z.object({ step: z.string() }).parse(message).step);
          if (seen.at(-1) === messages || seen.length === messages || seen.at(-1) === 'back') void child.stop();
        },
        onExit: () => undefined,
      });
      await child.exited;

      const collections = open();
      const again = await collections.open('faq');
      const expected = new Set(before);
      if (seen.includes('written')) expected.add('late');
      if (seen.includes('deleted')) expected.delete('d2');
      if (seen.includes('written again')) expected.add('after');
      const there = await idsOf(again);
      // Acknowledged writes are there; a write that was running may be.
      for (const id of expected) if (id !== 'd2' || !there.includes('late')) expect(there).toContain(id);
      for (const id of there) expect([...expected, 'late', 'after', 'd2']).toContain(id);
      expect((await again.search({ query: 'Text 9 about animals and plants.', k: 5 })).length).toBe(5);
      // From any state, it continues to a full new index, and back.
      const { reindexing } = collections;
      const state = await reindexing.state('faq');
      if (state.next === undefined && state.previous === undefined)
        await reindexing.begin('faq', { embedding: 'fake' });
      if (state.previous !== undefined && state.next === undefined) await reindexing.back('faq');
      const full = await reindexing.fill('faq');
      expect(full.next).toMatchObject({ missing: 0, info: { documents: there.length } });
      await reindexing.switch('faq', { keepMs: 1 });
      expect(await idsOf(again)).toEqual(there);
      await reindexing.back('faq');
      expect(await idsOf(again)).toEqual(there);
    },
    120_000,
  );
});

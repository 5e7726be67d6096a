import { describe, expect, it } from '@jest/globals';
import { labelOf } from '@heddle/core';
import { counting, page, returns, setUp } from '../../testing/collections-setup.js';

describe('search', () => {
  const filled = async () => {
    const made = setUp();
    const collection = await made.collections.create({
      name: 'faq',
      embedding: 'fake',
      label: labelOf('confidential', ['untrusted']),
    });
    const text = Array.from({ length: 5 }, (_, index) => `## Part ${index}\n\nwool flax part${index}`).join('\n\n');
    await collection.ingest([page('parts.md', text, { label: labelOf('internal', ['draft']) }), returns]);
    return collection;
  };

  it('is hybrid by default and labels passages with the join of document and collection', async () => {
    const [first] = await (await filled()).search({ query: 'part3' });
    expect(first).toMatchObject({
      id: 'parts.md#4',
      collection: 'faq',
      title: 'Part 0',
      label: { level: 'confidential', marks: ['draft', 'untrusted'] },
    });
    expect(first?.scores?.dense).toBeGreaterThan(0);
    expect(first?.scores?.lexical).toBe(1);
  });

  it('does not embed for a lexical search', async () => {
    const embedder = counting();
    const { collections } = setUp({ ...embedder, embed: () => Promise.reject(new Error('must not be asked')) });
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await expect(collection.search({ query: 'x', mode: 'lexical' })).resolves.toEqual([]);
  });

  it('adds neighbours in document order, each once', async () => {
    const found = await (await filled()).search({ query: 'part3', k: 2, neighbours: 1, mode: 'lexical' });
    const ids = found.map(({ id }) => id);
    expect(ids.slice(0, 3)).toEqual(['parts.md#3', 'parts.md#4', 'parts.md#5']);
    expect(new Set(ids).size).toBe(ids.length);
    expect(found.find(({ id }) => id === 'parts.md#4')?.score).toBe(1);
  });

  it('replaces copies by the next best documents with a diversity', async () => {
    const { collections } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest([
      page('a.md', 'wool lasts two years'),
      page('copy.md', 'wool lasts two years'),
      page('b.md', 'flax and wool are woven on a loom in the mill'),
    ]);
    const documents = async (diversity: number) =>
      (await collection.search({ query: 'wool lasts', mode: 'lexical', k: 2, diversity })).map(
        ({ document }) => document,
      );

    expect([...(await documents(0))].sort()).toEqual(['a.md', 'copy.md']);
    expect((await documents(0.6)).includes('b.md')).toBe(true);
  });

  it('puts new documents first with a recency', async () => {
    const { collections } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    await collection.ingest([
      page('old.md', 'wool wool', { metadata: { date: '2001-01-01' } }),
      page('new.md', 'wool and other things', { metadata: { date: new Date().toISOString() } }),
    ]);
    const recency = { field: 'date', halfLifeDays: 30, weight: 0.9 };

    const found = await collection.search({ query: 'wool', mode: 'lexical', k: 1, recency });

    expect(found.map(({ document }) => document)).toEqual(['new.md']);
  });

  it('leaves out passages below the threshold of the dense score', async () => {
    const collection = await filled();
    const all = await collection.search({ query: 'thirty days unused' });
    const near = await collection.search({ query: 'thirty days unused', threshold: 0.3 });
    expect(all.length).toBeGreaterThan(near.length);
    expect(near.map(({ document }) => document)).toEqual(['returns.md']);
  });

  it('refuses an empty query and a broken request', async () => {
    const collection = await filled();
    await expect(collection.search({ query: '  \n' })).rejects.toMatchObject({ code: 'query_empty' });
    await expect(collection.search({ query: 'x', k: 0 })).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining("'k'"),
    });
    await expect(collection.search({ query: 'x', filter: { op: 'in', field: 'a', value: [] } })).rejects.toMatchObject({
      code: 'filter_invalid',
    });
  });
});

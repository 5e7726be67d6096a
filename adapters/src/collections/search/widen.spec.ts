import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Collection, Collections, Passage } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { createDocuments } from '../../documents/create-documents.js';
import { createEmbeddedStore } from '../../vectors/index.js';
import { createCollections } from '../create-collections.js';
import { partsOfParent, widen } from './widen.js';

const birds = ['robin', 'wren', 'heron', 'swift', 'crane', 'finch'];
/** A section for each bird; each sentence names the bird and says something new. */
const text = birds
  .map(
    (bird) =>
      `# The ${bird}\n\n${['nests', 'sings', 'flies', 'feeds', 'winters', 'moults']
        .map((verb) => `The ${bird} ${verb} near the old mill by the water in the early hours of the day.`)
        .join(' ')}`,
  )
  .join('\n\n');

describe('passages with the text around them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-widen-'));
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const documents = createDocuments();
  let collections: Collections;
  let parents: Collection;
  let sentences: Collection;

  beforeAll(async () => {
    collections = createCollections({
      embedded: store,
      documents,
      embedder: async (id: string) => createFakeEmbedder({ id }),
      tokenizer: async () => createFakeTokenizer(),
      modelExists: () => true,
    });
    const embedding = 'fake';
    parents = await collections.create({
      name: 'parents',
      embedding,
      splitter: { kind: 'markdown', maxTokens: 24, overlapTokens: 4, parentTokens: 200 },
    });
    sentences = await collections.create({
      name: 'sentences',
      embedding,
      splitter: { kind: 'sentence', maxTokens: 24, overlapTokens: 0 },
    });
    for (const collection of [parents, sentences]) await collection.ingest([{ id: 'birds.md', content: text }]);
  });
  afterAll(async () => {
    await documents.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const found = ({ text: whole, found: marks = [] }: Passage): readonly string[] =>
    marks.map(([start, end]) => whole.slice(start, end));

  it('are searched by their parts, and each parent is returned once, whole, with the found part', async () => {
    const results = await parents.search({ query: 'heron moults', mode: 'lexical', k: 3 });
    const stored = await parents.passages('birds.md');

    expect(stored.length).toBeGreaterThan(birds.length * 3);
    expect(new Set(results.map(({ place }) => place?.headings?.join())).size).toBe(results.length);
    expect(results[0]?.text).toContain('The heron nests');
    expect(results[0]?.text).toContain('The heron moults');
    expect(text).toContain(results[0]?.text.slice(20));
    expect(found(results[0] as Passage).some((part) => part.includes('The heron moults'))).toBe(true);
    expect(results[0]?.place).toMatchObject({ headings: ['The heron'] });
    expect(results[0]?.id).toBe(stored.find(({ text: part }) => part.includes('The heron nests'))?.id);
  });

  it('are only the parts when the search requests passages', async () => {
    const [first] = await parents.search({ query: 'heron moults', mode: 'lexical', k: 3, returns: 'passage' });

    expect(first?.text).toContain('The heron moults');
    expect(first?.text).not.toContain('The heron nests');
    expect(first?.place?.parent).toHaveLength(2);
  });

  it('are windows of sentences that do not overlap', async () => {
    const results = await sentences.search({
      query: 'swift flies',
      mode: 'lexical',
      k: 4,
      returns: 'window',
      neighbours: 1,
    });

    expect(results[0]?.text).toMatch(/The swift sings .*\. The swift flies .*\. The swift feeds .*\./);
    expect(found(results[0] as Passage).some((part) => part.startsWith('The swift flies'))).toBe(true);
    const all = results.flatMap(({ text: whole }) => whole.match(/The \w+ \w+s near/g) ?? []);
    expect(new Set(all).size).toBe(all.length);
  });

  it('follow the search settings of the collection', async () => {
    await sentences.settings?.set({ mode: 'lexical', returns: 'window', neighbours: 2 });
    const [first] = await (await collections.open('sentences')).search({ query: 'swift flies', k: 1 });

    expect(first?.text).toContain('The swift nests');
    expect(first?.text).toContain('The swift winters');
  });

  it('have a limited number of parts, and no parent when it is no larger than a passage', async () => {
    expect(partsOfParent({ maxTokens: 16, parentTokens: 8_192 })).toBe(200);
    const passage: Passage = { id: 'a#1', document: 'a', text: 'x' };
    const inner = { neighbours: async () => [] } as unknown as Parameters<typeof widen>[0]['inner'];
    expect(await widen({ inner }, [passage], { returns: 'parent', k: 2, around: 3 })).toEqual([passage]);
  });

  it('merge the boxes of their lines, each line once', async () => {
    const line = (top: number, offset: number): [number, number, number, number, number] => [
      0,
      top,
      9,
      top + 1,
      offset,
    ];
    const place = (start: number, end: number, lines: ReturnType<typeof line>[]) => ({
      start,
      end,
      parent: [0, 30] as [number, number],
      boxes: [{ page: 1, width: 100, height: 100, unit: 'pt' as const, lines }],
    });
    const parts: Passage[] = [
      { id: 'a#1', document: 'a', text: 'one two\nthree', place: place(0, 13, [line(1, 0), line(2, 8)]) },
      { id: 'a#2', document: 'a', text: 'three\nfour', place: place(8, 18, [line(2, 0), line(3, 6)]) },
    ];
    const inner = { neighbours: async () => parts } as unknown as Parameters<typeof widen>[0]['inner'];
    const [whole] = await widen({ inner }, parts.slice(1), { returns: 'parent', k: 1, around: 3 });

    expect(whole?.text).toBe('one two\nthree\nfour');
    expect(whole?.place?.boxes?.[0]?.lines.map(([, top, , , offset]) => [top, offset])).toEqual([
      [1, 0],
      [2, 8],
      [3, 14],
    ]);
  });
});

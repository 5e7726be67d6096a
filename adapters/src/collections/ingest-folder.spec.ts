import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DocumentInput, VectorStore } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { z } from 'zod';
import { spawnChild } from '../child/index.js';
import { createDocuments, readFolder } from '../documents/index.js';
import { createEmbeddedStore } from '../vectors/index.js';
import { createCollections } from './create-collections.js';

const handbook = fileURLToPath(new URL('../../../workflows/ask-the-handbook/handbook', import.meta.url));

describe('ingest into the embedded store', () => {
  let folder = '';
  let store: VectorStore;
  const documents = createDocuments({ idleMs: 200 });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heddle-ingest-'));
    store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  });
  afterEach(async () => {
    await Promise.all([store.close(), documents.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  const collections = () =>
    createCollections({
      embedded: store,
      documents,
      embedder: async () => createFakeEmbedder({ id: 'fake', dimensions: 256 }),
      tokenizer: async () => createFakeTokenizer(),
    });

  it('imports the sample handbook, finds a passage with its location, and costs nothing the second time', async () => {
    const collection = await collections().create({ name: 'handbook', embedding: 'fake' });
    const report = await collection.ingest(readFolder([handbook]));
    expect(report.failures).toEqual([]);
    expect(report.done).toBeGreaterThan(20);
    const [first] = await collection.search({ query: 'hotel room in Paris, London, Milan and Zurich', k: 3 });
    expect(first).toMatchObject({
      document: 'people/travel-policy.pdf',
      place: { page: 1, headings: ['Travel policy', 'Hotels'] },
      collection: 'handbook',
      label: { level: 'internal' },
    });
    expect(await collection.ingest(readFolder([handbook]), { sync: true })).toMatchObject({
      done: 0,
      unchanged: report.done,
      removed: 0,
      tokens: 0,
    });
  }, 90_000);

  it('imports the records of a data file, finds them by their metadata, and does not search metadata as text', async () => {
    await writeFile(
      join(folder, 'abstracts.jsonl'),
      ['alpha', 'beta']
        .map((word, index) =>
          JSON.stringify({
            id: word,
            question: `Zebra ${word}?`,
            year: 2010 + index,
            sections: [
              { heading: 'Results', text: `The ${word} loom wins.` },
              { heading: 'Methods', text: 'We wove.' },
            ],
          }),
        )
        .join('\n'),
    );
    await writeFile(join(folder, 'broken.pdf'), '%PDF-1.4 nothing');
    const collection = await collections().create({ name: 'abstracts', embedding: 'fake' });
    const report = await collection.ingest(readFolder([join(folder, 'abstracts.jsonl'), join(folder, 'broken.pdf')]));
    expect(report).toMatchObject({
      done: 2,
      passages: 4,
      failed: 1,
      failures: [{ document: 'broken.pdf', code: 'document_damaged' }],
    });
    const found = await collection.search({
      query: 'loom wins',
      filter: { op: 'gte', field: 'year', value: 2011 },
      k: 5,
    });
    expect(found.map(({ document }) => document)).toEqual(['abstracts.jsonl#beta', 'abstracts.jsonl#beta']);
    expect(found[0]).toMatchObject({
      id: 'abstracts.jsonl#beta#1',
      text: '## Results\n\nThe beta loom wins.',
      metadata: { question: 'Zebra beta?', year: 2011 },
    });
    expect(await collection.search({ query: 'zebra', mode: 'lexical' })).toEqual([]);
  });

  it('continues after the process was killed: nothing twice, nothing lost', async () => {
    const count = 1500;
    const file = join(folder, 'crash.db');
    let done = 0;
    const child = spawnChild({
      entry: new URL('./__fixtures__/ingest-child.js', import.meta.url),
      args: [file, String(count)],
      onMessage: (message) => {
        done = z.object({ done: z.number() }).parse(message).done;
        if (done > 100) void child.stop();
      },
      onExit: () => undefined,
    });
    await child.exited;
    expect(done).toBeGreaterThan(100);
    expect(done).toBeLessThan(count);

    const reopened = createEmbeddedStore({ file });
    try {
      const collection = await createCollections({
        embedded: reopened,
        documents,
        embedder: async () => createFakeEmbedder({ id: 'fake' }),
        tokenizer: async () => createFakeTokenizer(),
      }).open('crash');
      const before = await collection.info();
      expect(before.documents).toBeGreaterThanOrEqual(done);
      expect(before.passages).toBe(before.documents * 2);
      const inputs = Array.from({ length: count }, (_, index): DocumentInput => ({
        id: `d${index}`,
        content: `# Page ${index}\n\nText ${index}.\n\n## More\n\nAnd more ${index}.`,
      }));
      expect(await collection.ingest(inputs)).toMatchObject({
        unchanged: before.documents,
        done: count - before.documents,
      });
      expect(await collection.info()).toMatchObject({ documents: count, passages: count * 2 });
    } finally {
      await reopened.close();
    }
  }, 60_000);
});

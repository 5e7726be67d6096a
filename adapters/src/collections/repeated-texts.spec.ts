import { expect, it } from '@jest/globals';
import { counting, page, setUp } from '../testing/collections-setup.js';

it('embeds a repeated passage once, and stores each copy with its vector', async () => {
  const embedder = counting();
  const { collections, store } = setUp(embedder);
  const splitter = { kind: 'fixed', maxTokens: 32, overlapTokens: 0 } as const;
  const collection = await collections.create({ name: 'faq', embedding: 'fake', splitter });
  const report = await collection.ingest([page('a.txt', '[ '.repeat(32_000)), page('b.txt', 'Another text.')]);
  expect(report.passages).toBeGreaterThan(900);
  // Two batches run at once, and the last passage is shorter.
  expect(embedder.texts.length).toBeLessThan(8);
  const vectors = store.puts.flat().flatMap(({ passages }) => passages.map(({ vector, text }) => ({ vector, text })));
  expect(vectors).toHaveLength(report.passages);
  const [expected] = await embedder.embed(['Another text.'], { kind: 'passage' });
  expect(vectors.find(({ text }) => text === 'Another text.')?.vector).toEqual(expected);
  expect(vectors.every(({ vector }) => vector.length === embedder.dimensions)).toBe(true);
});

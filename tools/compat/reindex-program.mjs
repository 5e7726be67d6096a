// Re-indexes a collection, writes to it at the same time, switches to the new index and back. It prints each step and stops at the step in
// its last argument, where `reindex-collection.mjs` kills it.
import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import * as vectors from '@heddle/adapters/vectors';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';

const [creator, options, last] = process.argv.slice(2);
const inner = vectors[creator](JSON.parse(options));
const fake = createFakeEmbedder({ id: 'fake' });
let embedded = 0;
let renamed = 0;

async function say(step) {
  process.stdout.write(`${step}\n`);
  if (step === last) await new Promise(() => setInterval(() => undefined, 1_000));
}

const store = {
  kind: inner.kind,
  create: (collection) => inner.create(collection),
  list: () => inner.list(),
  open: (name) => inner.open(name),
  drop: (name) => inner.drop(name),
  rename: async (moves) => {
    renamed += 1;
    const round = renamed;
    await say(`rename ${round}`);
    await inner.rename(moves);
    await say(`renamed ${round}`);
  },
  close: () => inner.close(),
};
const { reindexing, open } = createCollections({
  servers: [store],
  documents: createDocuments(),
  embedder: async () => ({
    ...fake,
    embed: async (...given) => {
      embedded += 1;
      await say(`embed ${embedded}`);
      return fake.embed(...given);
    },
  }),
  tokenizer: async () => createFakeTokenizer(),
});
const collection = await open('indexed');
await reindexing.begin('indexed', { splitter: { kind: 'markdown', maxTokens: 32, overlapTokens: 0 } });
await say('begun');
const filling = reindexing.fill('indexed');
await collection.ingest([
  { id: 'd1', content: 'Another text of the first.' },
  { id: 'late', content: 'A late text.' },
]);
await say('written');
await collection.delete(['d2']);
await say('deleted');
await filling;
await say('filled');
await reindexing.switch('indexed', { keepMs: 60_000 });
await say('switched');
await collection.ingest([{ id: 'after', content: 'A text after the switch.' }]);
await say('written again');
await reindexing.back('indexed');
await say('back');

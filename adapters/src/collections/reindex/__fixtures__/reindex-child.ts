import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { endWithParent } from '../../../child/end-with-parent.js';
import { createDocuments } from '../../../documents/index.js';
import { createEmbeddedStore } from '../../../vectors/index.js';
import { createCollections } from '../../create-collections.js';

// Re-indexes a collection, writes to it meanwhile, switches and goes back; says each step. Its parent kills it at one of them.
endWithParent();
const [, , file = ''] = process.argv;
const inner = createFakeEmbedder({ id: 'fake' });
const slow = {
  ...inner,
  embed: async (...[texts, options]: Parameters<typeof inner.embed>) => {
    await new Promise((resolve) => setTimeout(resolve, 3));
    process.send?.({ step: 'embed' });
    return inner.embed(texts, options);
  },
};
const collections = createCollections({
  embedded: createEmbeddedStore({ file }),
  documents: createDocuments(),
  embedder: () => Promise.resolve(slow),
  tokenizer: () => Promise.resolve(createFakeTokenizer()),
});
const { reindexing } = collections;
if (reindexing === undefined) throw new Error('There is no re-indexing.');
const say = (step: string): void => void process.send?.({ step });
const collection = await collections.open('faq');
await reindexing.begin('faq', { splitter: { kind: 'markdown', maxTokens: 32, overlapTokens: 0 } });
say('begun');
const filling = reindexing.fill('faq');
await collection.ingest([
  { id: 'd1', content: 'Another text of the first.' },
  { id: 'late', content: 'A late text.' },
]);
say('written');
await collection.delete(['d2']);
say('deleted');
await filling;
say('filled');
await reindexing.switch('faq', { keepMs: 60_000 });
say('switched');
await collection.ingest([{ id: 'after', content: 'A text after the switch.' }]);
say('written again');
await reindexing.back('faq');
say('back');
setInterval(() => undefined, 1_000);

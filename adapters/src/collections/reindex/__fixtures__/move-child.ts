import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { endWithParent } from '../../../child/end-with-parent.js';
import { createDocuments } from '../../../documents/index.js';
import { createCollections } from '../../create-collections.js';
import { twoStores } from './two-stores.js';

// Moves a collection to another store, writes to it meanwhile, and moves it back; says each step. Its parent kills it at one of them.
endWithParent();
const [, , folder = ''] = process.argv;
const say = (step: string): void => void process.send?.({ step });
const collections = createCollections({
  ...twoStores(folder),
  documents: createDocuments(),
  embedder: () => Promise.resolve(createFakeEmbedder({ id: 'fake' })),
  tokenizer: () => Promise.resolve(createFakeTokenizer()),
});
const { reindexing } = collections;
if (reindexing === undefined) throw new Error('There is no re-indexing.');
const collection = await collections.open('faq');
await reindexing.begin('faq', { store: 'pgvector' });
say('begun');
const filling = reindexing.fill('faq', { onProgress: () => say('copied') });
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

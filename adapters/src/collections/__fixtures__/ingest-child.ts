import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { endWithParent } from '../../child/end-with-parent.js';
import { createDocuments } from '../../documents/index.js';
import { createEmbeddedStore } from '../../vectors/index.js';
import { createCollections } from '../create-collections.js';

// Ingests many documents slowly into the database it is given, and says how far it is; its parent kills it midway.
endWithParent();
const [, , file = '', count = '0'] = process.argv;
const inner = createFakeEmbedder({ id: 'fake' });
const slow = {
  ...inner,
  embed: async (...[texts, options]: Parameters<typeof inner.embed>) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return inner.embed(texts, options);
  },
};
const collections = createCollections({
  embedded: createEmbeddedStore({ file }),
  documents: createDocuments(),
  embedder: () => Promise.resolve(slow),
  tokenizer: () => Promise.resolve(createFakeTokenizer()),
});
const collection = await collections.create({ name: 'crash', embedding: 'fake' });
const documents = Array.from({ length: Number(count) }, (_, index) => ({
  id: `d${index}`,
  content: `# Page ${index}\n\nText ${index}.\n\n## More\n\nAnd more ${index}.`,
}));
await collection.ingest(documents, { onProgress: ({ done }) => process.send?.({ done }) });

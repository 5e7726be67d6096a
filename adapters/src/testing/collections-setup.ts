import { HeddleError, type DocumentInput, type Embedder, type VectorStore } from '@heddle/core';
import { createFakeEmbedder } from '@heddle/core/testing';
import { createCollections } from '../collections/create-collections.js';
import { createDocuments } from '../documents/create-documents.js';
import { createMemoryStore } from './memory-store.js';
import { wordTokenizer } from './word-tokenizer.js';

/** Parsers for tests. Short texts never start a child process. */
export const documents = createDocuments();

/** An embedder that records all passages. */
export interface Counting extends Embedder {
  readonly texts: string[];
}

export const counting = (embed?: Embedder['embed']): Counting => {
  const inner = createFakeEmbedder({ id: 'fake' });
  const texts: string[] = [];
  return {
    ...inner,
    texts,
    embed: (batch, options) => {
      if (options.kind === 'passage') texts.push(...batch);
      return (embed ?? inner.embed.bind(inner))(batch, options);
    },
  };
};

/** Creates collections with a store in memory. Tests may replace `current.embedder`. */
export const setUp = (
  embedder: Embedder = createFakeEmbedder({ id: 'fake' }),
  servers: readonly VectorStore[] = [],
) => {
  const store = createMemoryStore();
  const current = { embedder };
  const collections = createCollections({
    embedded: store,
    servers,
    documents,
    embedder: async (id) => {
      if (id !== 'fake' && id !== 'other') throw new HeddleError('model_wrong_kind', `Model '${id}' writes text.`);
      return current.embedder;
    },
    tokenizer: async () => wordTokenizer(),
    modelExists: (id) => id !== 'nothing',
  });
  return { store, collections, current };
};

export const page = (id: string, text: string, rest: Partial<DocumentInput> = {}): DocumentInput => ({
  id,
  content: text,
  ...rest,
});
export const hours = page(
  'support/hours.md',
  '# Hours\n\nWe answer from nine to five.\n\n## Holidays\n\nClosed on Sundays.',
);
export const returns = page('returns.md', '# Returns\n\nThirty days, unused, with the label.');

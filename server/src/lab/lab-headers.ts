import type { Headers } from '@heddle/core';

/** Passage headers for the indexes of a lab. They are those of the collection, so that applying an index does not pay for them again. */
export const headersOfLab = (headers: Headers, collection: string): Headers => ({
  describe: (model) => headers.describe(model),
  model: (_index, model) => headers.model(collection, model),
  cache: {
    known: (_index, document, keys) => headers.cache.known(collection, document, keys),
    keep: (_index, document, written) => headers.cache.keep(collection, document, written),
    // The documents stay in the collection, so their headers must not be forgotten.
    forget: () => Promise.resolve(),
  },
});

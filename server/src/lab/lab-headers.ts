import type { Headers } from '@heddle/core';

/** Headers for the indexes of a lab: those of its collection, so that an index that is applied does not pay for them again. */
export const headersOfLab = (headers: Headers, collection: string): Headers => ({
  describe: (model) => headers.describe(model),
  model: (_index, model) => headers.model(collection, model),
  cache: {
    known: (_index, document, keys) => headers.cache.known(collection, document, keys),
    keep: (_index, document, written) => headers.cache.keep(collection, document, written),
    // The documents of the collection stay.
    forget: () => Promise.resolve(),
  },
});

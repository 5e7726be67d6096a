import type { CreateCollection } from '@heddle/core';
import { lengthShare, repetition } from '../embedded/search/search-lexical.js';

const keyword = { type: 'keyword' } as const;
/** A text that is returned and never searched. */
const kept = { type: 'object', enabled: false } as const;

/** Settings and fields of the index of a collection. What Heddle knows of the collection is in `_meta`. */
export const indexBody = ({ dimensions, ...collection }: CreateCollection, createdAt: number): unknown => ({
  settings: {
    index: {
      knn: true,
      max_result_window: longestList,
      // One language has one order of terms: words are cut before they come here.
      similarity: { default: { type: 'BM25', k1: repetition, b: lengthShare } },
    },
  },
  mappings: {
    dynamic: false,
    _meta: { heddle: 1, ...collection, dimensions, createdAt },
    properties: {
      kind: keyword,
      id: keyword,
      document: keyword,
      revision: keyword,
      language: keyword,
      fields: keyword,
      readers: keyword,
      position: { type: 'integer' },
      updatedAt: { type: 'double' },
      terms: { type: 'text', analyzer: 'whitespace', index_options: 'freqs' },
      vector: {
        type: 'knn_vector',
        dimension: dimensions,
        method: {
          name: 'hnsw',
          engine: 'lucene',
          space_type: 'innerproduct',
          parameters: { m: 16, ef_construction: 200 },
        },
      },
      payload: kept,
    },
  },
});

/** Most records in one answer. */
export const longestList = 1_000_000;

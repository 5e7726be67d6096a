import type { CreateCollection } from '@heddle/core';
import { lengthShare, repetition } from '../embedded/search/search-lexical.js';

const keyword = { type: 'keyword' } as const;
/** A value that is returned and never searched. */
const kept = { type: 'object', enabled: false } as const;

/** The settings and fields of a collection's index. `_meta` holds what Heddle stores about the collection. */
export const indexBody = ({ dimensions, ...collection }: CreateCollection, createdAt: number): unknown => ({
  settings: {
    index: {
      knn: true,
      max_result_window: longestList,
      // The words are already cut when they are written, so one BM25 fits every language.
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

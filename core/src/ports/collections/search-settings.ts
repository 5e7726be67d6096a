import { z } from 'zod';

/** A reranker inside a search: it orders the best candidates by how well they answer the question. */
export const SearchReranker = z
  .strictObject({
    /** A reranker of this machine, or `connection/model`. */
    model: z.string().min(1).max(256),
    /** Passages that it reads for a question; at least those that are asked for. */
    candidates: z.int().min(1).max(200).default(30),
    /** What a search does while the reranker cannot be reached: it fails, or keeps the order of the search and says so. */
    ifUnavailable: z.enum(['fail', 'continue']).default('fail'),
  })
  .meta({ id: 'SearchReranker' });
export type SearchReranker = z.infer<typeof SearchReranker>;

/** How a collection is searched where the caller leaves it out. What is not set here is as in a collection without settings. */
export const SearchSettings = z
  .strictObject({
    mode: z.enum(['dense', 'lexical', 'hybrid']).optional(),
    /** Weight of the semantic part of a hybrid search, 0 to 1. */
    weight: z.number().min(0).max(1).optional(),
    /** How often a word of title and headings counts in keyword search, where a word of the text counts once. Without it: twice. */
    titleWeight: z.number().min(0).max(10).optional(),
    /** How much results should differ from each other, 0 to 1. */
    diversity: z.number().min(0).max(1).optional(),
    /** Passages to add before and after each result. */
    neighbours: z.int().min(0).max(10).optional(),
    /** What a search returns of what it finds: the passage, the larger one that it was cut from, or the passage with its neighbours in one text. */
    returns: z.enum(['passage', 'parent', 'window']).optional(),
    reranker: SearchReranker.optional(),
    /** How much the knowledge graph counts, 0 to 1. 0 or missing: it does not. */
    graphWeight: z.number().min(0).max(1).optional(),
  })
  .meta({ id: 'SearchSettings' });
export type SearchSettings = z.infer<typeof SearchSettings>;

/** The search of a collection without settings. */
export const usualSearch = { mode: 'hybrid', diversity: 0, neighbours: 0 } as const satisfies SearchSettings;

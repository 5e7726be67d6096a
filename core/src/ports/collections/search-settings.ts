import { z } from 'zod';

/** A reranker in a search: it reorders the best candidates by how well they answer the question. */
export const SearchReranker = z
  .strictObject({
    /** A local reranker, or `connection/model`. */
    model: z.string().min(1).max(256),
    /** Number of passages that the reranker reads; never fewer than the number of requested results. */
    candidates: z.int().min(1).max(200).default(30),
    /** What a search does when the reranker is unreachable: it fails, or it keeps its own order and reports this. */
    ifUnavailable: z.enum(['fail', 'continue']).default('fail'),
  })
  .meta({ id: 'SearchReranker' });
export type SearchReranker = z.infer<typeof SearchReranker>;

/**
 * The defaults of a collection for searches that leave a setting out. A setting that is missing here has the same value as in a collection
 * without settings.
 */
export const SearchSettings = z
  .strictObject({
    mode: z.enum(['dense', 'lexical', 'hybrid']).optional(),
    /** Weight of the semantic part of a hybrid search, 0 to 1. */
    weight: z.number().min(0).max(1).optional(),
    /** How many times a word in the title or a heading counts in keyword search, compared with a word in the text. Default: 2. */
    titleWeight: z.number().min(0).max(10).optional(),
    /** How much results should differ from each other, 0 to 1. */
    diversity: z.number().min(0).max(1).optional(),
    /** Passages to add before and after each result. */
    neighbours: z.int().min(0).max(10).optional(),
    /**
     * What a result contains: the passage, the larger passage that it was cut from, or the passage joined with its neighbours in one text.
     */
    returns: z.enum(['passage', 'parent', 'window']).optional(),
    reranker: SearchReranker.optional(),
    /** Weight of the knowledge graph, 0 to 1. With 0 or without a value, the graph is not used. */
    graphWeight: z.number().min(0).max(1).optional(),
  })
  .meta({ id: 'SearchSettings' });
export type SearchSettings = z.infer<typeof SearchSettings>;

/** The search of a collection without settings. */
export const usualSearch = { mode: 'hybrid', diversity: 0, neighbours: 0 } as const satisfies SearchSettings;

import { z } from 'zod';
import { CollectionInfo, NewSplitter, ShownCollectionInfo, SplitterOptions, StoreKind } from '../vector-store.js';

/** The settings of a collection's new index; missing ones stay as they are. */
export const ReindexRequest = z
  .object({
    /** Catalogue id of the embedding model. */
    embedding: z.string().min(1).max(256).optional(),
    splitter: NewSplitter.optional(),
    /** The store of the new index. If nothing else changes, the passages are copied and not embedded again. */
    store: StoreKind.optional(),
  })
  .meta({ id: 'ReindexRequest' });
export type ReindexRequest = z.infer<typeof ReindexRequest>;

/** A document that could not be indexed. */
export const ReindexFailure = z.object({ document: z.string(), message: z.string() });
export type ReindexFailure = z.infer<typeof ReindexFailure>;

/** The estimated cost of a new index, from a sample of documents that were split and embedded for it. */
export const ReindexEstimate = z
  .object({
    embedding: z.string(),
    splitter: SplitterOptions,
    documents: z.int().nonnegative(),
    /** Passages in the serving index. */
    passagesNow: z.int().nonnegative(),
    passages: z.int().nonnegative(),
    /** Tokens that the embedding model would read. */
    tokens: z.int().nonnegative(),
    /** Headers that a model would write, with the tokens that it would read. Cached headers may reduce this. */
    headers: z.object({ model: z.string(), calls: z.int().nonnegative(), tokens: z.int().nonnegative() }).optional(),
    /**
     * Milliseconds to fill the index, without headers. Missing if the model is on another machine, because an estimate sends nothing there.
     */
    ms: z.number().nonnegative().optional(),
    /** Documents in the sample. */
    sampled: z.int().nonnegative(),
    /** Documents of the sample that could not be indexed again. */
    failures: z.array(ReindexFailure),
  })
  .meta({ id: 'ReindexEstimate' });
export type ReindexEstimate = z.infer<typeof ReindexEstimate>;

/** The indexes of a collection beside the one that serves. */
export const ReindexState = z
  .object({
    /** The index that serves. */
    serving: ShownCollectionInfo,
    /** The new index, which is filled while the other one serves. */
    next: z
      .object({
        info: CollectionInfo,
        /** Documents that it does not have yet, or that have changed since. */
        missing: z.int().nonnegative(),
        /** Documents that could not be indexed, at most 100. */
        failures: z.array(ReindexFailure),
      })
      .optional(),
    /** The previously serving index, until it is dropped. */
    previous: z.object({ info: CollectionInfo, /** Epoch milliseconds. */ keptUntil: z.number() }).optional(),
    /** The configured stores. */
    stores: z.array(StoreKind).optional(),
  })
  .meta({ id: 'ReindexState' });
export type ReindexState = z.infer<typeof ReindexState>;

/** A question for comparing two indexes. */
export const ReindexQuestion = z.object({
  question: z.string().min(1).max(4_000),
  /** Documents that answer it, if it is labelled. */
  documents: z.array(z.string()).max(100).default([]),
  /** Documents that people judged not relevant to the question. */
  notRelevant: z.array(z.string()).max(100).optional(),
});
export type ReindexQuestion = z.infer<typeof ReindexQuestion>;

const IndexFigures = z.object({
  recall: z.number().optional(),
  reciprocalRank: z.number().optional(),
  ndcg: z.number().optional(),
  /** How often a document judged not relevant ranks above the first relevant one, as a share of `confusable`. */
  confusions: z.number().optional(),
  /** Mean time of a question in milliseconds. */
  ms: z.number(),
});

/** A metric of the other index minus that of the serving one, over the labelled questions. */
export const IndexDifference = z
  .object({
    metric: z.enum(['ndcg', 'recall', 'reciprocalRank']),
    difference: z.number(),
    /** Bootstrap over questions, 95 %. */
    interval: z.object({ low: z.number(), high: z.number() }).optional(),
    /** Wilcoxon's signed-rank test, two-sided. */
    p: z.number(),
    /** `better` or `worse` only if the interval and the test both prove it. */
    verdict: z.enum(['better', 'worse', 'undecided']),
  })
  .meta({ id: 'IndexDifference' });
export type IndexDifference = z.infer<typeof IndexDifference>;

/** Compares what two indexes find. */
export const ReindexComparison = z
  .object({
    questions: z.int(),
    labelled: z.int(),
    /** Labelled questions with a document judged not relevant. */
    confusable: z.int().optional(),
    /** The share of the first documents that both have in common. */
    overlap: z.number(),
    serving: IndexFigures,
    other: IndexFigures,
    /** Missing without labelled questions. */
    differences: z.array(IndexDifference).optional(),
    rows: z.array(z.object({ question: z.string(), serving: z.array(z.string()), other: z.array(z.string()) })),
  })
  .meta({ id: 'ReindexComparison' });
export type ReindexComparison = z.infer<typeof ReindexComparison>;

/** Options of a step that fills an index. */
export interface ReindexOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly documents: number; readonly done: number }) => void;
}

/** Builds another index for a collection while the present one serves. Each step can be repeated after a crash. */
export interface Reindexing {
  state(name: string): Promise<ReindexState>;
  /** Creates the new index, empty. Errors: `conflict` if there already is one, `model_unknown`, `model_wrong_kind`. */
  begin(name: string, request: ReindexRequest): Promise<ReindexState>;
  /** Estimates the cost of a new index. Writes nothing. Errors: `model_unknown`, `model_wrong_kind`. */
  estimate(name: string, request: ReindexRequest, options?: Pick<ReindexOptions, 'signal'>): Promise<ReindexEstimate>;
  /** Adds missing documents to the new index until it has all that the serving one has. */
  fill(name: string, options?: ReindexOptions): Promise<ReindexState>;
  /**
   * Searches both indexes, as a reader with these names; without `readers`, over all documents. Without questions, uses the last ones that
   * were asked. Errors: `conflict`.
   */
  compare(
    name: string,
    questions: readonly ReindexQuestion[],
    k: number,
    readers?: readonly string[],
  ): Promise<ReindexComparison>;
  /** Switches to the new index in one step; the old one is kept for `keepMs`. Errors: `conflict`. */
  switch(
    name: string,
    options: ReindexOptions & { readonly keepMs: number; readonly force?: boolean },
  ): Promise<ReindexState>;
  /** Switches back to the previous index, after adding what was written since. Errors: `conflict`. */
  back(name: string, options?: ReindexOptions): Promise<ReindexState>;
  /** Drops the new or the previous index. Returns whether there was one. */
  discard(name: string, which: 'next' | 'previous'): Promise<boolean>;
  /** Drops previous indexes that were kept long enough. Returns the names of their collections. */
  sweep(): Promise<readonly string[]>;
}

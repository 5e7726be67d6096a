import { z } from 'zod';
import { CollectionInfo, NewSplitter, SplitterOptions, StoreKind } from '../vector-store.js';

/** What a new index of a collection has of its own; what is left out stays as it is. */
export const ReindexRequest = z
  .object({
    /** Catalogue id of the embedding model. */
    embedding: z.string().min(1).max(256).optional(),
    splitter: NewSplitter.optional(),
    /** The store of the new index. With nothing else changed, its passages are copied and not embedded again. */
    store: StoreKind.optional(),
  })
  .meta({ id: 'ReindexRequest' });
export type ReindexRequest = z.infer<typeof ReindexRequest>;

/** A document that could not be taken into an index. */
export const ReindexFailure = z.object({ document: z.string(), message: z.string() });
export type ReindexFailure = z.infer<typeof ReindexFailure>;

/** What a new index would cost, from documents that were cut and embedded for it. */
export const ReindexEstimate = z
  .object({
    /** What the index would be. */
    embedding: z.string(),
    splitter: SplitterOptions,
    documents: z.int().nonnegative(),
    /** Passages of the index that serves. */
    passagesNow: z.int().nonnegative(),
    passages: z.int().nonnegative(),
    /** Tokens that the embedding model would read. */
    tokens: z.int().nonnegative(),
    /** Headers that a model would write, with the tokens that it would read. Headers of before may be used again. */
    headers: z.object({ model: z.string(), calls: z.int().nonnegative(), tokens: z.int().nonnegative() }).optional(),
    /** Milliseconds to fill it, without headers. Missing where the model is on another machine: nothing is sent there for an estimate. */
    ms: z.number().nonnegative().optional(),
    /** Documents that were tried. */
    sampled: z.int().nonnegative(),
    /** Those that cannot be taken into an index again. */
    failures: z.array(ReindexFailure),
  })
  .meta({ id: 'ReindexEstimate' });
export type ReindexEstimate = z.infer<typeof ReindexEstimate>;

/** The indexes of a collection beside the one that serves. */
export const ReindexState = z
  .object({
    /** The index that serves. */
    serving: CollectionInfo,
    /** The index that is filled beside it. */
    next: z
      .object({
        info: CollectionInfo,
        /** Documents that it does not have yet, or that have changed since. */
        missing: z.int().nonnegative(),
        /** Documents that it cannot take, at most 100. */
        failures: z.array(ReindexFailure),
      })
      .optional(),
    /** The index that served before, until it is dropped. */
    previous: z.object({ info: CollectionInfo, /** Epoch milliseconds. */ keptUntil: z.number() }).optional(),
    /** The stores that are set up. */
    stores: z.array(StoreKind).optional(),
  })
  .meta({ id: 'ReindexState' });
export type ReindexState = z.infer<typeof ReindexState>;

/** A question to compare indexes with. */
export const ReindexQuestion = z.object({
  question: z.string().min(1).max(4_000),
  /** Documents that answer it, where somebody labelled it. */
  documents: z.array(z.string()).max(100).default([]),
  /** Documents that people judged not relevant to the question. */
  notRelevant: z.array(z.string()).max(100).optional(),
});
export type ReindexQuestion = z.infer<typeof ReindexQuestion>;

const IndexFigures = z.object({
  recall: z.number().optional(),
  reciprocalRank: z.number().optional(),
  ndcg: z.number().optional(),
  /** How often a document that is judged not relevant stands above the first relevant one: a share of `confusable`. */
  confusions: z.number().optional(),
  /** Mean time of a question in milliseconds. */
  ms: z.number(),
});

/** A figure of the other index minus that of the serving one, over the labelled questions. */
export const IndexDifference = z
  .object({
    metric: z.enum(['ndcg', 'recall', 'reciprocalRank']),
    difference: z.number(),
    /** Bootstrap over questions, 95 %. */
    interval: z.object({ low: z.number(), high: z.number() }).optional(),
    /** Wilcoxon's signed-rank test, two-sided. */
    p: z.number(),
    /** `better` and `worse` are said only where both prove it. */
    verdict: z.enum(['better', 'worse', 'undecided']),
  })
  .meta({ id: 'IndexDifference' });
export type IndexDifference = z.infer<typeof IndexDifference>;

/** What the two indexes find. */
export const ReindexComparison = z
  .object({
    questions: z.int(),
    labelled: z.int(),
    /** Labelled questions with a document that is judged not relevant. */
    confusable: z.int().optional(),
    /** Share of the first documents that both have. */
    overlap: z.number(),
    serving: IndexFigures,
    other: IndexFigures,
    /** Where questions are labelled. */
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

/** Gives a collection another index while the one before serves. Each step can be repeated after a crash. */
export interface Reindexing {
  state(name: string): Promise<ReindexState>;
  /** Makes the new index, empty. Errors: `conflict` where there is one, `model_unknown`, `model_wrong_kind`. */
  begin(name: string, request: ReindexRequest): Promise<ReindexState>;
  /** Estimates the cost of a new index. Writes nothing. Errors: `model_unknown`, `model_wrong_kind`. */
  estimate(name: string, request: ReindexRequest, options?: Pick<ReindexOptions, 'signal'>): Promise<ReindexEstimate>;
  /** Takes into the new index what it lacks, until it has all that the serving one has. */
  fill(name: string, options?: ReindexOptions): Promise<ReindexState>;
  /**
   * Asks both, as a reader with these names; without `readers`, over everything. Without questions, it takes the last ones that were asked.
   * Errors: `conflict`.
   */
  compare(
    name: string,
    questions: readonly ReindexQuestion[],
    k: number,
    readers?: readonly string[],
  ): Promise<ReindexComparison>;
  /** Lets the new index serve, in one step; the old one is kept for `keepMs`. Errors: `conflict`. */
  switch(
    name: string,
    options: ReindexOptions & { readonly keepMs: number; readonly force?: boolean },
  ): Promise<ReindexState>;
  /** Lets the index before serve again, with what was written since. Errors: `conflict`. */
  back(name: string, options?: ReindexOptions): Promise<ReindexState>;
  /** Drops the new or the previous index. Returns whether there was one. */
  discard(name: string, which: 'next' | 'previous'): Promise<boolean>;
  /** Drops the indexes whose time is over. Returns the names of their collections. */
  sweep(): Promise<readonly string[]>;
}

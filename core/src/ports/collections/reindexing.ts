import { z } from 'zod';
import { CollectionInfo, NewSplitter } from '../vector-store.js';

/** What a new index of a collection has of its own; what is left out stays as it is. */
export const ReindexRequest = z
  .object({
    /** Catalogue id of the embedding model. */
    embedding: z.string().min(1).max(256).optional(),
    splitter: NewSplitter.optional(),
  })
  .meta({ id: 'ReindexRequest' });
export type ReindexRequest = z.infer<typeof ReindexRequest>;

/** A document that could not be taken into an index. */
export const ReindexFailure = z.object({ document: z.string(), message: z.string() });
export type ReindexFailure = z.infer<typeof ReindexFailure>;

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
  })
  .meta({ id: 'ReindexState' });
export type ReindexState = z.infer<typeof ReindexState>;

/** A question to compare indexes with. */
export const ReindexQuestion = z.object({
  question: z.string().min(1).max(4_000),
  /** Documents that answer it, where somebody labelled it. */
  documents: z.array(z.string()).max(100).default([]),
});
export type ReindexQuestion = z.infer<typeof ReindexQuestion>;

/** What the two indexes find. */
export const ReindexComparison = z
  .object({
    questions: z.int(),
    labelled: z.int(),
    /** Share of the first documents that both have. */
    overlap: z.number(),
    serving: z.object({ recall: z.number().optional(), reciprocalRank: z.number().optional(), ms: z.number() }),
    other: z.object({ recall: z.number().optional(), reciprocalRank: z.number().optional(), ms: z.number() }),
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
  /** Takes into the new index what it lacks, until it has all that the serving one has. */
  fill(name: string, options?: ReindexOptions): Promise<ReindexState>;
  /** Asks both. Without questions, it takes the last ones that were asked. Errors: `conflict`. */
  compare(name: string, questions: readonly ReindexQuestion[], k: number): Promise<ReindexComparison>;
  /** Lets the new index serve, in one step; the old one is kept for `keepMs`. Errors: `conflict`. */
  switch(
    name: string,
    options: ReindexOptions & { readonly keepMs: number; readonly force?: boolean },
  ): Promise<ReindexState>;
  /** Lets the index before serve again, with what was written since. Errors: `conflict`. */
  back(name: string, options?: ReindexOptions): Promise<ReindexState>;
  /** Drops the new index or the one before. Returns whether there was one. */
  discard(name: string, which: 'next' | 'previous'): Promise<boolean>;
  /** Drops the indexes whose time is over. Returns the names of their collections. */
  sweep(): Promise<readonly string[]>;
}

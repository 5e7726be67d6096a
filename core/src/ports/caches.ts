import { z } from 'zod';
import type { CommitOf } from './database/guarded-write.js';
import type { Cache } from './effects.js';

/** The owner of the caches that a run can use. The inputs of a run cannot select another owner. */
export interface CacheOwner {
  readonly project: string;
  /** Id of the workflow; for a document that is not stored, `document:` and its name. */
  readonly workflow: string;
  /** The published version, or the draft by its content. Results of another edition are not found. */
  readonly edition: string;
  /** Whether a published version runs. Shared caches keep the results of drafts apart, so that a draft never changes a published answer. */
  readonly isPublished: boolean;
  /**
   * Identifies what the reader may read, at the time of each call. A result from documents with readers (`readersMark` in its label) is
   * only found by readers with the same audience.
   */
  readonly audience?: () => string | Promise<string>;
}

/** A cache of a project: its content, and what it saved. */
export const StoredCache = z
  .object({
    project: z.string(),
    /** Missing for a cache that all workflows of the project share. */
    workflow: z.string().optional(),
    name: z.string(),
    entries: z.int().nonnegative(),
    hits: z.int().nonnegative(),
    /** Money that cache hits saved, by currency. */
    saved: z.record(z.string(), z.number()),
  })
  .meta({ id: 'StoredCache' });
export type StoredCache = z.infer<typeof StoredCache>;

/** A query for caches; all given fields must match. */
export interface CacheQuery {
  readonly projects: readonly string[];
  readonly workflow?: string | undefined;
  readonly name?: string | undefined;
}

/** Every cache, for the host. A run gets only the caches of its owner. Errors: `storage_*`, `database_*`. */
export interface Caches {
  /** The caches of one owner. */
  of(owner: CacheOwner): Cache;
  list(query: CacheQuery): Promise<readonly StoredCache[]>;
  /**
   * Removes every result of these caches but keeps the saved amounts. `commit` joins the removal to the caller's commit and gets the number
   * of results, which is also returned. Results that are stored at the same time may be removed too.
   */
  clear(query: CacheQuery, commit?: CommitOf<number>): Promise<number>;
}

import { z } from 'zod';
import type { Cache } from './effects.js';

/** Whose caches a run reaches: nothing in its inputs selects another owner. */
export interface CacheOwner {
  readonly project: string;
  /** Id of the workflow; for a document that is not stored, `document:` and its name. */
  readonly workflow: string;
  /** What runs: the published version, or the draft by its content. Results of another edition are not found. */
  readonly edition: string;
  /** Whether a published version runs. Shared caches keep what drafts made apart, so that a draft changes no published answer. */
  readonly isPublished: boolean;
}

/** A cache of a project: what it holds, and what it saved. */
export const StoredCache = z
  .object({
    project: z.string(),
    /** Left out for a cache that the workflows of the project share. */
    workflow: z.string().optional(),
    name: z.string(),
    entries: z.int().nonnegative(),
    hits: z.int().nonnegative(),
    /** Money that hits saved, by currency. */
    saved: z.record(z.string(), z.number()),
  })
  .meta({ id: 'StoredCache' });
export type StoredCache = z.infer<typeof StoredCache>;

/** Which caches are meant; all that is given must hold. */
export interface CacheQuery {
  readonly projects: readonly string[];
  readonly workflow?: string | undefined;
  readonly name?: string | undefined;
}

/** Every cache, for the host. Runs get those of their owner, and nothing else. Errors: `storage_*`. */
export interface Caches {
  /** The caches of one owner. */
  of(owner: CacheOwner): Cache;
  list(query: CacheQuery): readonly StoredCache[];
  /** Removes every result of these caches, and keeps what they saved; gives how many went. */
  clear(query: CacheQuery): number;
}

import { z } from 'zod';
import { DatasetRow } from './dataset.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Changes to rows that create the next version, all or none. */
export const ChangeRowsRequest = lazyStrictObject(() => ({
  /** New rows, and rows that replace existing ones with the same id. */
  set: z.array(DatasetRow).max(1_000).default([]),
  /** Ids of rows to remove; unknown ids are ignored. */
  remove: z.array(z.string().min(1).max(200)).max(10_000).default([]),
  /** The version that the changes are based on. If another version was created since, the request fails with `conflict`. */
  base: z.int().nonnegative().optional(),
  note: z.string().max(500).default(''),
})).meta({ id: 'ChangeRowsRequest' });
export type ChangeRowsRequest = z.infer<typeof ChangeRowsRequest>;

/** Keeps one row of each group with the same inputs and removes the others. */
export const RemoveTwinsRequest = lazyStrictObject(() => ({
  /** `leaks`: only groups that occur in several splits. */
  of: z.enum(['leaks', 'duplicates']),
  /** The split whose row is kept. Default: the row that was added first. */
  keep: z.string().min(1).max(100).optional(),
  note: z.string().max(500).default(''),
})).meta({ id: 'RemoveTwinsRequest' });
export type RemoveTwinsRequest = z.infer<typeof RemoveTwinsRequest>;

const NamedCount = lazyObject(() => ({ name: z.string(), rows: z.int().positive() }));

/** The values by which the rows of a version can be filtered, with counts. Rows without a split count under an empty name. */
export const DatasetFacets = lazyObject(() => ({
  splits: z.array(NamedCount),
  tags: z.array(NamedCount),
  labels: z.array(NamedCount),
  /** Rows that need a review, because of the row itself or its proposed documents. */
  toReview: z.int().nonnegative(),
})).meta({ id: 'DatasetFacets' });
export type DatasetFacets = z.infer<typeof DatasetFacets>;

/** How the rows of two versions differ. */
export const DatasetDifference = lazyObject(() => ({
  from: z.int().nonnegative(),
  to: z.int().nonnegative(),
  added: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  /** Rows with the same id but different content. */
  changed: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
  /** The first hundred rows that differ. */
  rows: z.array(z.object({ id: z.string(), change: z.enum(['added', 'removed', 'changed']) })),
})).meta({ id: 'DatasetDifference' });
export type DatasetDifference = z.infer<typeof DatasetDifference>;

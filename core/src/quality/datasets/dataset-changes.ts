import { z } from 'zod';
import { DatasetRow } from './dataset.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Rows that are written and removed as the next version, whole or not at all. */
export const ChangeRowsRequest = lazyStrictObject(() => ({
  /** New rows, and rows that replace those with the same id. */
  set: z.array(DatasetRow).max(1_000).default([]),
  /** Ids of rows; an id that no row has changes nothing. */
  remove: z.array(z.string().min(1).max(200)).max(10_000).default([]),
  /** The version that the changes were made on: another version in between is a conflict. */
  base: z.int().nonnegative().optional(),
  note: z.string().max(500).default(''),
})).meta({ id: 'ChangeRowsRequest' });
export type ChangeRowsRequest = z.infer<typeof ChangeRowsRequest>;

/** Keeps one row of each group with the same inputs, and removes the others. */
export const RemoveTwinsRequest = lazyStrictObject(() => ({
  /** `leaks`: only groups that are in several splits. */
  of: z.enum(['leaks', 'duplicates']),
  /** The split whose row stays; else the row that was added first stays. */
  keep: z.string().min(1).max(100).optional(),
  note: z.string().max(500).default(''),
})).meta({ id: 'RemoveTwinsRequest' });
export type RemoveTwinsRequest = z.infer<typeof RemoveTwinsRequest>;

const NamedCount = lazyObject(() => ({ name: z.string(), rows: z.int().positive() }));

/** What the rows of a version can be filtered by, with counts. A row without a split counts under the empty name. */
export const DatasetFacets = lazyObject(() => ({
  splits: z.array(NamedCount),
  /** The 200 most frequent ones. */
  tags: z.array(NamedCount),
  labels: z.array(NamedCount),
  /** Rows that wait for a review, themselves or with proposed documents. */
  toReview: z.int().nonnegative(),
})).meta({ id: 'DatasetFacets' });
export type DatasetFacets = z.infer<typeof DatasetFacets>;

/** How the rows of one version differ from those of another one. */
export const DatasetDifference = lazyObject(() => ({
  from: z.int().nonnegative(),
  to: z.int().nonnegative(),
  added: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  /** Rows with the same id and another content. */
  changed: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
  /** The first hundred rows that differ. */
  rows: z.array(z.object({ id: z.string(), change: z.enum(['added', 'removed', 'changed']) })),
})).meta({ id: 'DatasetDifference' });
export type DatasetDifference = z.infer<typeof DatasetDifference>;

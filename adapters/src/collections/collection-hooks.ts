import type { VectorCollection } from '@heddle/core';
import type { CollectionsOptions } from './collection-context.js';
import type { NamedQueues } from '../event-loop/index.js';

/** Functions that a collection calls in its owner. */
export interface CollectionHooks {
  readonly queue: NamedQueues;
  /** Opens the collection again, because another index may have replaced this one. */
  readonly reopen: (collection: string) => Promise<VectorCollection>;
  readonly onAsked: (collection: string, question: string) => void;
  /** Called after documents were written or deleted. */
  readonly follow: (collection: string) => Promise<void>;
  readonly modelAt: CollectionsOptions['modelAt'];
  /** The serving index of a collection, then its other indexes. */
  readonly indexes: (
    collection: string,
  ) => Promise<readonly [serving: VectorCollection, ...others: VectorCollection[]]>;
}

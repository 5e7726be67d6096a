import type { SourceFailure, StoredSource, SyncCounts } from '../../api/sources/sources.js';
import type { SyncState } from './sync-parts.js';

/** What is stored about the syncs of a source. */
export interface SourceRecord {
  readonly source: StoredSource;
  readonly documents: number;
  readonly failures: number;
  readonly syncedAt?: number | undefined;
  readonly changedAt?: number | undefined;
  readonly counts?: SyncCounts | undefined;
  readonly error?: { readonly code: string; readonly message: string; readonly at: number } | undefined;
  /** The last time of the schedule that began a sync. */
  readonly firedAt?: number | undefined;
}

/** Names a source. */
export type SourceName = Pick<StoredSource, 'collection' | 'id'>;

/** Sources and what is known of their documents. */
export interface SourceStore {
  /** Of one collection, or all of them; by collection and id. */
  list(collection?: string): readonly SourceRecord[];
  find(name: SourceName): SourceRecord | undefined;
  /** Sources whose last sync failed, at most `limit`. */
  failing(limit: number): readonly (SourceName & { readonly code: string })[];
  /** Plain SQL, for a transaction that is open already. Errors: `source_exists`. */
  insert(source: StoredSource): void;
  /** Plain SQL. With `isAnew`, the next sync lists everything. */
  replace(source: StoredSource, options: { readonly isAnew: boolean }): void;
  fired(name: SourceName, time: number): void;
  ended(
    name: SourceName,
    end: {
      readonly at: number;
      readonly counts?: SyncCounts;
      readonly error?: { readonly code: string; readonly message: string };
    },
  ): void;
  /** Ids of its documents, in order. */
  documents(name: SourceName, page: { readonly after?: string | undefined; readonly limit: number }): readonly string[];
  failures(
    name: SourceName,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): readonly SourceFailure[];
  /** Forgets documents that were removed. */
  forgetDocuments(name: SourceName, ids: readonly string[]): void;
  /** Removes a source and what is known of its documents. Plain SQL. */
  remove(name: SourceName): void;
  /** Removes all sources of a collection that is gone. */
  forget(collection: string): void;
  /** The state of one source, for its sync. */
  stateOf(name: SourceName): SyncState;
}

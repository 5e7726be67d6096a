import type { SourceFailure, StoredSource, SyncCounts } from '../../api/sources/sources.js';
import type { GuardedWrite } from '../database/guarded-write.js';
import type { SyncState } from './sync-parts.js';

/** What is stored about the syncs of a source. */
export interface SourceRecord {
  readonly source: StoredSource;
  /** The number of changes of its settings. */
  readonly revision: number;
  readonly documents: number;
  readonly failures: number;
  readonly syncedAt?: number | undefined;
  readonly changedAt?: number | undefined;
  readonly counts?: SyncCounts | undefined;
  readonly error?: { readonly code: string; readonly message: string; readonly at: number } | undefined;
  /** The last scheduled time for which a sync was started. */
  readonly firedAt?: number | undefined;
}

interface FiredTime {
  readonly from: number | undefined;
  readonly to: number;
}

/** Names a source. */
export type SourceName = Pick<StoredSource, 'collection' | 'id'>;

/** Stores sources and what is known about their documents. Errors: `storage_*`, `database_*`. */
export interface SourceStore {
  /** Returns the sources of one collection or of all, sorted by collection and id. */
  list(collection?: string): Promise<readonly SourceRecord[]>;
  find(name: SourceName): Promise<SourceRecord | undefined>;
  /** Returns at most `limit` sources whose last sync failed. */
  failing(limit: number): Promise<readonly (SourceName & { readonly code: string })[]>;
  /** Records that a scheduled time has passed. Returns false if another process recorded it first or the source no longer exists. */
  fired(name: SourceName, time: FiredTime): Promise<boolean>;
  ended(
    name: SourceName,
    end: {
      readonly at: number;
      readonly counts?: SyncCounts;
      readonly error?: { readonly code: string; readonly message: string };
    },
  ): Promise<void>;
  /** Returns the ids of the source's documents, in order. */
  documents(
    name: SourceName,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly string[]>;
  failures(
    name: SourceName,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly SourceFailure[]>;
  /** Deletes what is stored about removed documents. */
  forgetDocuments(name: SourceName, ids: readonly string[]): Promise<void>;
  /** Removes a source after its documents are removed. */
  remove(name: SourceName): Promise<void>;
  /** Removes all sources of a deleted collection. */
  forget(collection: string): Promise<void>;
  stateOf(name: SourceName): SyncState;
  readonly write: {
    /** Errors of the commit: `source_exists`. */
    readonly insert: (source: StoredSource) => readonly GuardedWrite[];
    /** With `isAnew`, the next sync lists everything. Errors of the commit: `conflict` if the source changed after this revision. */
    readonly replace: (
      source: StoredSource,
      options: { readonly isAnew: boolean; readonly revision: number },
    ) => readonly GuardedWrite[];
    /** Like the method `fired`. Errors of the commit: `conflict`. */
    readonly fired: (name: SourceName, time: FiredTime) => readonly GuardedWrite[];
    /** Removes a source and what is stored about its documents. */
    readonly remove: (name: SourceName) => readonly GuardedWrite[];
  };
}

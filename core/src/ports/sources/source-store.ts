import type { SourceFailure, StoredSource, SyncCounts } from '../../api/sources/sources.js';
import type { GuardedWrite } from '../database/guarded-write.js';
import type { SyncState } from './sync-parts.js';

/** What is stored about the syncs of a source. */
export interface SourceRecord {
  readonly source: StoredSource;
  /** Counts its changes. */
  readonly revision: number;
  readonly documents: number;
  readonly failures: number;
  readonly syncedAt?: number | undefined;
  readonly changedAt?: number | undefined;
  readonly counts?: SyncCounts | undefined;
  readonly error?: { readonly code: string; readonly message: string; readonly at: number } | undefined;
  /** The last time of the schedule that began a sync. */
  readonly firedAt?: number | undefined;
}

/** A time of the schedule that has passed, after the one that was read. */
interface FiredTime {
  readonly from: number | undefined;
  readonly to: number;
}

/** Names a source. */
export type SourceName = Pick<StoredSource, 'collection' | 'id'>;

/** Sources and what is known of their documents. Errors: `storage_*`, `database_*`. */
export interface SourceStore {
  /** Of one collection, or all of them; by collection and id. */
  list(collection?: string): Promise<readonly SourceRecord[]>;
  find(name: SourceName): Promise<SourceRecord | undefined>;
  /** Sources whose last sync failed, at most `limit`. */
  failing(limit: number): Promise<readonly (SourceName & { readonly code: string })[]>;
  /** Stores that a time of the schedule has passed. False where another process did, or the source is gone. */
  fired(name: SourceName, time: FiredTime): Promise<boolean>;
  ended(
    name: SourceName,
    end: {
      readonly at: number;
      readonly counts?: SyncCounts;
      readonly error?: { readonly code: string; readonly message: string };
    },
  ): Promise<void>;
  /** Ids of its documents, in order. */
  documents(
    name: SourceName,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly string[]>;
  failures(
    name: SourceName,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly SourceFailure[]>;
  /** Forgets documents that were removed. */
  forgetDocuments(name: SourceName, ids: readonly string[]): Promise<void>;
  /** Removes a source whose documents are gone. */
  remove(name: SourceName): Promise<void>;
  /** Removes all sources of a collection that is gone. */
  forget(collection: string): Promise<void>;
  /** The state of one source, for its sync. */
  stateOf(name: SourceName): SyncState;
  /** Changes, for the operations that make them. */
  readonly write: {
    /** Errors of the commit: `source_exists`. */
    readonly insert: (source: StoredSource) => readonly GuardedWrite[];
    /** With `isAnew`, the next sync lists everything. Errors of the commit: `conflict` where it was changed since this revision. */
    readonly replace: (
      source: StoredSource,
      options: { readonly isAnew: boolean; readonly revision: number },
    ) => readonly GuardedWrite[];
    /** As `fired`. Errors of the commit: `conflict`. */
    readonly fired: (name: SourceName, time: FiredTime) => readonly GuardedWrite[];
    /** Removes a source and what is known of its documents. */
    readonly remove: (name: SourceName) => readonly GuardedWrite[];
  };
}

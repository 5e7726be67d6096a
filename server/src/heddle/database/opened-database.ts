import type { HeddleAudit } from '@heddle/adapters/audit';
import type { BlobStore } from '@heddle/adapters/blobs';
import type { RunProjection, SqliteTables } from '@heddle/adapters/database';
import type { SealedText } from '@heddle/adapters/identity';
import type { OriginalStore } from '@heddle/adapters/originals';
import type { Journal, Leases, RunAcceptance, SharedLimits } from '@heddle/core';
import type { ClusterSource } from '../../cluster/cluster-source.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import type { CollectionsFile } from '../../collections/collections-file.js';
import type { TrustedClock } from '../../common/trusted-clock.js';
import type { MadeDriver, SharedDriverNeeds } from '../../runs/create-runs.js';
import type { Storage } from '../../storage/storage.js';
import type { SharedRuns } from '../create-shared.js';
import type { Placement } from '../../runs/placement.js';

/** Stores that differ between the two databases. */
export interface StoresOfDatabase {
  /** The file of the embedded collections; undefined where there is none. */
  readonly collectionsFile: CollectionsFile | undefined;
  readonly storage: Storage;
}

/**
 * A database with its trusted time, its audit log and its journal: `heddle.db` in the data folder (`openEmbedded`), or Postgres
 * (`openOnPostgres`). All other code is the same for both.
 */
export interface OpenedDatabase {
  /** Whether this process is the only one that uses the database. */
  readonly isAlone: boolean;
  /** Makes the driver of runs that several processes share; undefined where this process is alone. */
  readonly shareRuns?: (shared: SharedRuns, needs: SharedDriverNeeds) => MadeDriver;
  /** Claims on work that only one process does at a time. */
  readonly leases: Leases;
  readonly tables: SqliteTables;
  readonly clock: TrustedClock;
  readonly audit: HeddleAudit;
  readonly blobs: BlobStore;
  readonly originals: OriginalStore;
  readonly sealed: SealedText;
  /** The file with the master key that seals secrets. */
  readonly keyFile: string;
  readonly stores: StoresOfDatabase;
  /** Opens the journal, with what is written in the commits of runs. `admit` throws to refuse a run. */
  openJournal(admit: (run: RunAcceptance) => void, projections: readonly RunProjection[]): Journal;
  /** Limits of requests that several processes share; undefined where each counts by itself. */
  readonly sharedLimits?: SharedLimits;
  /** Throws while the server with hints and live text cannot be used; undefined where there is none. Errors: `queue_*`. */
  readonly checkQueue?: () => void;
  /** Throws while the bucket with files cannot be used; undefined where there is none. Errors: `bucket_*`. */
  readonly checkFiles?: () => void;
  /** The registry of all processes; undefined where this process is alone. */
  readonly cluster?: ClusterSource;
  /** Which process has which runs; undefined where this process has them all. */
  readonly placement?: () => Promise<Placement>;
  /** Converts what an older version stored in another form. */
  takeOver(ownership: Ownership): void;
  /** Starts the background work of a server on the database; returns a function that stops it. */
  serve(): Promise<() => Promise<void>>;
  /** Copies the database to a file while it is in use. */
  backup(file: string): Promise<void>;
  /** Closes the database. Close the journal first. */
  close(): Promise<void>;
}

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
  /** The file of the embedded collections; undefined on Postgres. */
  readonly collectionsFile: CollectionsFile | undefined;
  readonly storage: Storage;
}

/**
 * A database with its trusted time, its audit log and its journal: `heddle.db` in the data folder (`openEmbedded`), or Postgres
 * (`openOnPostgres`). All other code is the same for both.
 */
export interface OpenedDatabase {
  /** Whether this is the only process that can use the database. */
  readonly isAlone: boolean;
  /** Creates the driver of runs that several processes share; undefined if this process is alone. */
  readonly shareRuns?: (shared: SharedRuns, needs: SharedDriverNeeds) => MadeDriver;
  /** Leases on work that only one process does at a time. */
  readonly leases: Leases;
  readonly tables: SqliteTables;
  readonly clock: TrustedClock;
  readonly audit: HeddleAudit;
  readonly blobs: BlobStore;
  readonly originals: OriginalStore;
  readonly sealed: SealedText;
  /** The file with the master key, which seals secrets. */
  readonly keyFile: string;
  readonly stores: StoresOfDatabase;
  /** Opens the journal. The projections are written in the commits of runs. `admit` throws to refuse a run. */
  openJournal(admit: (run: RunAcceptance) => void, projections: readonly RunProjection[]): Journal;
  /** Rate limits that the processes share; undefined if each process counts by itself. */
  readonly sharedLimits?: SharedLimits;
  /** Throws `queue_*` while the server that carries hints and live text cannot be used; undefined without such a server. */
  readonly checkQueue?: () => void;
  /** Throws `bucket_*` while the bucket with files cannot be used; undefined without a bucket. */
  readonly checkFiles?: () => void;
  /** The registry of all processes; undefined if this process is alone. */
  readonly cluster?: ClusterSource;
  /** Which process has which runs; undefined if this process is alone. */
  readonly placement?: () => Promise<Placement>;
  /** Converts data that an older version stored in another form. */
  takeOver(ownership: Ownership): void;
  /** Starts the background work of a server on the database; returns a function that stops it. */
  serve(): Promise<() => Promise<void>>;
  /** Copies the database to a file while it is in use. */
  backup(file: string): Promise<void>;
  /** Closes the database. The journal must be closed first. */
  close(): Promise<void>;
}

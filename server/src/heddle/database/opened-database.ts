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

/** Stores that each database has in its own way. */
export interface StoresOfDatabase {
  /** The file of the embedded collections; undefined where there is none. */
  readonly collectionsFile: CollectionsFile | undefined;
  readonly storage: Storage;
}

/**
 * What a Heddle stands on: a database with its trusted time, its audit log and its journal. There are two: `heddle.db` in the data folder
 * (`openEmbedded`), and Postgres (`openOnPostgres`). Everything above is the same code.
 */
export interface OpenedDatabase {
  /** Whether this process is the only one that uses the database. */
  readonly isAlone: boolean;
  /** Makes the driver of runs that several processes share; undefined where this process is alone. */
  readonly shareRuns?: (shared: SharedRuns, needs: SharedDriverNeeds) => MadeDriver;
  /** The right to do what one process at a time does. */
  readonly leases: Leases;
  readonly tables: SqliteTables;
  readonly clock: TrustedClock;
  readonly audit: HeddleAudit;
  readonly blobs: BlobStore;
  readonly originals: OriginalStore;
  readonly sealed: SealedText;
  /** The file with the master key of what is sealed. */
  readonly keyFile: string;
  readonly stores: StoresOfDatabase;
  /** Opens the journal, with what is written in the commits of runs. `admit` throws to refuse a run. */
  openJournal(admit: (run: RunAcceptance) => void, projections: readonly RunProjection[]): Journal;
  /** Limits of requests that several processes share; undefined where each counts by itself. */
  readonly sharedLimits?: SharedLimits;
  /** Whether the server with hints and live text can be used now, where there is one. Errors: `queue_*`. */
  readonly checkQueue?: () => void;
  /** Whether the bucket with files can be used now, where there is one. Errors: `bucket_*`. */
  readonly checkFiles?: () => void;
  /** What all processes say of themselves; undefined where this process is alone. */
  readonly cluster?: ClusterSource;
  /** Which runs processes have; undefined where this process has them all. */
  readonly placement?: () => Promise<Placement>;
  /** Takes over what an older version stored in another form. */
  takeOver(ownership: Ownership): void;
  /** Begins the background work of a server on the database; gives how to stop it. */
  serve(): Promise<() => Promise<void>>;
  /** Copies the database to a file while it is in use. */
  backup(file: string): Promise<void>;
  /** After the journal is closed. */
  close(): Promise<void>;
}

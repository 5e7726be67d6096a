import type { BlobStore, SweptBlobs } from '@heddle/adapters/blobs';
import { createOpenAiFiles } from '@heddle/adapters/channels';
import type { Damage } from '@heddle/adapters/database';
import {
  createPersonData,
  createRetention,
  createRetentionMarks,
  type CommitRemoval,
  type MarkedLimit,
  type PersonData,
  type RetentionLimits,
  type RetentionStep,
  type StayingRun,
} from '@heddle/adapters/stores';
import type { Tables } from '@heddle/core';

/** The injection token of the storage. */
export const STORAGE = Symbol('storage');

/** What the server needs from its database and files besides the ports of core. */
export interface Storage {
  /** Throws if nothing can be committed now. Errors: `storage_*`, `database_*`. */
  check(): void;
  /** Lists the stored values that are known to be damaged. */
  damages?(): readonly Damage[];
  /** Marks what of a class will be deleted a day later, and returns what may be deleted now. Errors: `storage_*`, `database_*`. */
  mark(name: string, before: number, now: number): Promise<MarkedLimit | undefined>;
  /** Deletes a small part of the data whose retention has ended. Errors: `storage_*`, `database_*`. */
  step(limits: RetentionLimits, now: number): Promise<RetentionStep>;
  /**
   * Removes runs with all their records in one commit, to which `commit` can add writes and audit events. Errors: `run_not_found`, those of
   * `stays`, `storage_*`, `database_*`.
   */
  removeRuns(runIds: readonly string[], stays: StayingRun, commit?: CommitRemoval): Promise<void>;
  /** Selects the runs that may be removed now: they have ended, and no unfinished run continues them. Errors: `storage_*`, `database_*`. */
  removable(runIds: readonly string[]): Promise<readonly string[]>;
  /** Deletes the stored request of the caller from a run. Errors: `storage_*`, `database_*`. */
  forgetAsked(runId: string, commit?: CommitRemoval): Promise<void>;
  /** The stored data of people; undefined if nothing is stored. */
  readonly people?: PersonData;
  /** Deletes files of OpenAI-compatible clients that have expired. Errors: `storage_*`, `database_*`. */
  removeExpiredFiles?(now: number): Promise<void>;
  /**
   * Deletes stored files that nothing refers to and that are older than `before` (epoch milliseconds). This reads the whole database; the
   * signal stops it early. Errors: `storage_*`, `database_*`, the reason of the signal.
   */
  sweepFiles(before: number, signal?: AbortSignal): Promise<SweptBlobs>;
}

interface StorageParts extends Pick<Storage, 'check' | 'damages'> {
  readonly tables: Tables;
  readonly blobs: Pick<BlobStore, 'sweep'>;
  /** Whether the database is the file heddle.db. */
  readonly isFile: boolean;
  /** Collects the blobs that the database refers to, except for references in the tables `except`. */
  readonly referred: (except?: readonly string[], signal?: AbortSignal) => Promise<ReadonlySet<string>>;
  /** Rewrites the database file without its free space; does nothing for other databases. */
  readonly rewrite: () => void;
  /** Texts for people that say where the database still contains erased rows. */
  readonly remains?: readonly string[];
}

/** Creates the storage on any database. */
export function createStorage(parts: StorageParts): Storage {
  const { tables, blobs, referred, check, damages } = parts;
  const retention = createRetention(tables, parts);
  const marks = createRetentionMarks(tables);
  const openAiFiles = createOpenAiFiles(tables);
  return {
    check,
    ...(damages && { damages }),
    mark: (name, before, now) => marks.mark(name, before, now),
    step: (limits, now) => retention.step(limits, now),
    removeRuns: (runIds, stays, commit) => retention.remove(runIds, stays, commit),
    removable: (runIds) => retention.removable(runIds),
    forgetAsked: (runId, commit) => retention.forgetAsked(runId, commit),
    people: createPersonData(tables, parts),
    removeExpiredFiles: (now) => openAiFiles.removeExpired(now),
    async sweepFiles(before, signal) {
      const named = await referred([], signal);
      return blobs.sweep({ isReferred: (id) => named.has(id), before });
    },
  };
}

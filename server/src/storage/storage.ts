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

/** Injects the storage of this Heddle. */
export const STORAGE = Symbol('storage');

/** What the server needs of its database and its files, besides the ports of core. */
export interface Storage {
  /** Errors: `storage_*`, `database_*` when nothing can be committed now. */
  check(): void;
  /** Stored values that are known to be damaged. */
  damages?(): readonly Damage[];
  /** Marks what a class will delete a day later, and gives what may be deleted now. Errors: `storage_*`, `database_*`. */
  mark(name: string, before: number, now: number): Promise<MarkedLimit | undefined>;
  /** Deletes a small part of what was kept long enough. Errors: `storage_*`, `database_*`. */
  step(limits: RetentionLimits, now: number): Promise<RetentionStep>;
  /**
   * Removes runs with all of their records, in one commit that may have more writes and audit events. Errors: `run_not_found`, those of `stays`,
   * `storage_*`, `database_*`.
   */
  removeRuns(runIds: readonly string[], stays: StayingRun, commit?: CommitRemoval): Promise<void>;
  /** Those of the runs that may be removed now: they have ended, and no run goes on from them. Errors: `storage_*`, `database_*`. */
  removable(runIds: readonly string[]): Promise<readonly string[]>;
  /** Takes what its caller asked for away from a run. Errors: `storage_*`, `database_*`. */
  forgetAsked(runId: string, commit?: CommitRemoval): Promise<void>;
  /** What is stored of people; missing where nothing is. */
  readonly people?: PersonData;
  /** Deletes files of OpenAI's clients that have expired. Errors: `storage_*`, `database_*`. */
  removeExpiredFiles?(now: number): Promise<void>;
  /**
   * Deletes stored files without a reference that are older than this (epoch milliseconds). It reads the whole database, which the signal ends
   * early. Errors: `storage_*`, `database_*`, the reason of the signal.
   */
  sweepFiles(before: number, signal?: AbortSignal): Promise<SweptBlobs>;
}

/** What a storage is made of. */
interface StorageParts extends Pick<Storage, 'check' | 'damages'> {
  readonly tables: Tables;
  readonly blobs: Pick<BlobStore, 'sweep'>;
  /** Whether the database is heddle.db. */
  readonly isFile: boolean;
  /** Every blob that anything in the database names, without what stands in some tables. */
  readonly referred: (except?: readonly string[], signal?: AbortSignal) => Promise<ReadonlySet<string>>;
  /** Writes the database anew without its free space, where it is a file. */
  readonly rewrite: () => void;
  /** What of erased rows the database still holds, for people. */
  readonly remains?: readonly string[];
}

/** The storage of a Heddle, on any database. */
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

import type { BlobStore } from '@heddle/adapters/blobs';
import { createOpenAiFiles } from '@heddle/adapters/channels';
import { referredBlobs, sqliteTables, type Damage, type Damages, type HeddleDatabase } from '@heddle/adapters/database';
import {
  createPersonData,
  createRetention,
  createRetentionMarks,
  type MarkedLimit,
  type PersonData,
  type RemovedRun,
  type RetentionLimits,
  type RetentionStep,
} from '@heddle/adapters/stores';
import type { SweptBlobs } from '@heddle/adapters/blobs';

/** Injects the storage of the data folder. */
export const STORAGE = Symbol('storage');

/** What the server needs of the data folder, besides the ports of core. */
export interface Storage {
  /** Errors: `storage_*` when nothing can be committed now. */
  check(): void;
  /** Stored values that are known to be damaged. */
  damages?(): readonly Damage[];
  /** False where nothing is removed for its age yet. Default true. */
  readonly hasRetention?: boolean;
  /** Marks what a class will delete a day later, and gives what may be deleted now. Errors: `storage_*`. */
  mark(name: string, before: number, now: number): Promise<MarkedLimit | undefined>;
  /** Deletes a small part of what was kept long enough. Errors: `storage_*`. */
  step(limits: RetentionLimits, now: number): RetentionStep;
  /** Removes one run with all of its records. Errors: `storage_*`. */
  removeRun(runId: string): RemovedRun;
  /** Takes what its caller asked for away from a run. Errors: `storage_*`. */
  forgetAsked(runId: string): void;
  /** What is stored of people; missing where nothing is. */
  readonly people?: PersonData;
  /** Deletes files of OpenAI's clients that have expired. Errors: `storage_*`. */
  removeExpiredFiles?(now: number): Promise<void>;
  /** Deletes stored files without a reference that are older than this (epoch milliseconds). Errors: `storage_*`. */
  sweepFiles(before: number): Promise<SweptBlobs>;
}

/** The storage of a data folder. */
export function createStorage(database: HeddleDatabase, blobs: BlobStore, damages?: Pick<Damages, 'list'>): Storage {
  const retention = createRetention(database);
  const marks = createRetentionMarks(sqliteTables(database));
  const openAiFiles = createOpenAiFiles(sqliteTables(database));
  return {
    check: () => database.checkWritable(),
    damages: () => damages?.list() ?? [],
    mark: (name, before, now) => marks.mark(name, before, now),
    step: (limits, now) => retention.step(limits, now),
    removeRun: (runId) => retention.remove(runId),
    people: createPersonData(database, blobs),
    forgetAsked: (runId) => retention.forgetAsked(runId),
    removeExpiredFiles: (now) => openAiFiles.removeExpired(now),
    async sweepFiles(before) {
      const referred = await referredBlobs(database);
      return blobs.sweep({ isReferred: (id) => referred.has(id), before });
    },
  };
}

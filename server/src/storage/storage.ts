import type { FolderBlobs } from '@heddle/adapters/blobs';
import { referredBlobs, type Damage, type Damages, type HeddleDatabase } from '@heddle/adapters/database';
import {
  createRetention,
  createRetentionMarks,
  type MarkedLimit,
  type RemovedRun,
  type RetentionLimits,
  type RetentionStep,
} from '@heddle/adapters/stores';
import type { SweptBlobs } from '@heddle/adapters/blobs';

/** What the host needs of the place where everything is kept, beside the ports of core. */
export interface Storage {
  /** Errors: `storage_*` when nothing can be committed now. */
  check(): void;
  /** What is stored and not as it was written, as far as somebody has met it. */
  damages?(): readonly Damage[];
  /** Marks what a class will remove a day later, and gives what may be removed now. Errors: `storage_*`. */
  mark(name: string, before: number, now: number): MarkedLimit | undefined;
  /** Removes a small part of what was kept long enough. Errors: `storage_*`. */
  step(limits: RetentionLimits, now: number): RetentionStep;
  /** Removes one run with all that it wrote down. Errors: `storage_*`. */
  removeRun(runId: string): RemovedRun;
  /** Removes stored files that nothing names and that are older than this (epoch milliseconds). Errors: `storage_*`. */
  sweepFiles(before: number): Promise<SweptBlobs>;
}

/** The storage of a data folder. */
export function createStorage(database: HeddleDatabase, blobs: FolderBlobs, damages?: Pick<Damages, 'list'>): Storage {
  const retention = createRetention(database);
  const marks = createRetentionMarks(database);
  return {
    check: () => database.checkWritable(),
    damages: () => damages?.list() ?? [],
    mark: (name, before, now) => marks.mark(name, before, now),
    step: (limits, now) => retention.step(limits, now),
    removeRun: (runId) => retention.remove(runId),
    async sweepFiles(before) {
      const referred = await referredBlobs(database);
      return blobs.sweep({ isReferred: (id) => referred.has(id), before });
    },
  };
}

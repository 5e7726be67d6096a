export { openDatabase, type DatabaseOptions, type HeddleDatabase } from './open-database.js';
export type { Migration } from './migrations/migration.js';
export { migrations } from './migrations/migrations.js';
export { createSqliteJournal, type SqliteJournalOptions } from './sqlite-journal.js';
export { type JournalProjection } from './journal-projection.js';
export { createCanaryStore, type CanaryStore } from './stores/canary-store.js';
export { createVersionStore } from './stores/version-store.js';
export { createIdempotencyKeys } from './stores/idempotency-keys.js';
export { createWorkflowStore } from './stores/workflow-store.js';
export { createJobStore } from './stores/job-store.js';
export { lastChangeFile, refuseCutFile, refuseLost } from './lost-file.js';
export { createMadeFiles, type MadeFiles } from './made-files.js';
export { makeFolder } from './make-folder.js';
export { removeDrafts } from './remove-drafts.js';
export { takeOverRedoLog } from './take-over-redo-log.js';
export { createDamages, type Damage, type Damages } from './damages.js';
export { createScrub, type Scrub, type ScrubOptions } from './scrub.js';
export { codeOf, storageErrorOf, toStorageError } from './storage-error.js';
export {
  createRetention,
  type Retention,
  type RetentionClass,
  type RetentionLimits,
  type RetentionStep,
  type RemovedRun,
} from './retention.js';
export { createRetentionMarks, type MarkedLimit, type RetentionMarks } from './retention-marks.js';
export { createTrustedTimeStore, type KeptTime, type TrustedTimeStore } from './stores/trusted-time.js';
export { referredBlobs } from './referred-blobs.js';
export { lockDataFolder, type DataFolderLock, type LockOptions } from '../lock/lock-data-folder.js';
export { readLock, LockInfo, type LockKind } from '../lock/lock-info.js';
export { checkFailpoint, failpoint, failpoints, type Failpoint } from './failpoint.js';
export { createStopStore, type StopStore, type StoredStop } from './stores/stop-store.js';

export { createCalibrationStore } from './calibration-store.js';
export { createCollectionTitles, type CollectionTitles } from './collections/collection-titles.js';
export { createDeletionStore, type DeletedKind, type Deletion, type DeletionStore } from './deletion-store.js';
export {
  createFirstVersions,
  type FirstVersion,
  type FirstVersions,
  type MovedKillSwitches,
  type NamedVersion,
} from './workflows/first-versions.js';
export { createGraphStore } from './collections/graph-store.js';
export { createIdempotencyKeys } from './idempotency-keys.js';
export { createJobStore } from './job-store.js';
export { createPassageHeaders } from './collections/passage-headers.js';
export { createMadeFiles, type MadeFiles } from './made-files.js';
export { createKillSwitchStore, type KillSwitchStore, type StoredKillSwitch } from './kill-switch-store.js';
export {
  createSharedTrustedTime,
  createTrustedTimeStore,
  type StoredTime,
  type TrustedTimeStore,
} from './trusted-time.js';
export { addNext } from './add-next.js';
export { isDone } from '../sql/is-done.js';
export { retryOnConflict } from '../sql/retry-on-conflict.js';
export { prepareAndCommit } from './prepare-and-commit.js';
export { createVersionStore } from './workflows/version-store.js';
export { createWorkflowStore } from './workflows/workflow-store.js';
export {
  createRetention,
  type Retention,
  type RetentionClass,
  type RetentionLimits,
  type RetentionStep,
  type CommitRemoval,
} from './retention/retention.js';
export { removableRun, type StayingRun } from './retention/removable-run.js';
export { createPersonData, type PersonData } from './retention/person-data.js';
export { createRetentionMarks, type MarkedLimit } from './retention/retention-marks.js';
export { createRetentionRules } from './retention/retention-rules.js';
export { createSourceStore } from './collections/source-store.js';

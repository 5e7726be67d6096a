export { isDone } from '../sql/is-done.js';
export { openDatabase, type DatabaseOptions, type HeddleDatabase } from './open-database.js';
export type { Migration } from './migrations/migration.js';
export { migrations } from './migrations/migrations.js';
export { inJournal, type JournalProjection, type RunProjection } from './journal-projection.js';
export { referredBlobs } from './referred-blobs.js';
export { codeOf, storageErrorOf, toStorageError } from './storage-error.js';
export { checkFailpoint, failpoint, failpoints, type Failpoint } from './failpoint.js';
export { createDamages, type Damage, type Damages } from './damage/damages.js';
export { lastChangeFile, refuseCutFile, refuseLost } from './files/lost-file.js';
export {
  readFolderMark,
  refuseMovedFolder,
  removeFolderMark,
  writeFolderMark,
  type FolderMark,
} from './files/folder-mark.js';
export { makeFolder } from './files/make-folder.js';
export { removeDrafts } from './files/remove-drafts.js';
export { lockDataFolder, type DataFolderLock, type LockOptions } from './lock/lock-data-folder.js';
export { readLock, LockInfo, type LockKind } from './lock/lock-info.js';
export { sqliteTables, type SqliteTables } from './sqlite-tables.js';

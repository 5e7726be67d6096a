export {
  examineFolder,
  moveToPostgres,
  refuseStopped,
  type ExaminedFolder,
  type Moved,
  type ToPostgres,
} from './move-to-postgres.js';
export { examinePostgres, moveToFolder, type ExaminedPostgres, type ToFolder } from './move-to-folder.js';
export { copyCollections, examineCollections, type ExaminedCollections } from './copy-collections.js';
export { examineTarget } from './examine-target.js';
export { withoutPassword as shownAddress } from '../postgres/connection.js';
export { moveApplication } from './live-processes.js';
export type { Stop } from './examine-rows.js';
export type { MoveProgress, OnProgress } from './row-store.js';
export { rowsOf, type Digests } from './digest-rows.js';

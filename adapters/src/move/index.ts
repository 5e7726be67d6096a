export {
  examineFolder,
  moveToPostgres,
  refuseStopped,
  type ExaminedFolder,
  type Moved,
  type ToPostgres,
} from './move-to-postgres.js';
export {
  examinePostgres,
  moveToFolder,
  type ExaminedPostgres,
  type MovedToFolder,
  type ToFolder,
} from './move-to-folder.js';
export { copyCollections, examineCollections, type ExaminedCollections } from './copy-collections.js';
export { examineTarget } from './examine-target.js';
export { withoutPassword as shownAddress } from '../postgres/connection.js';
export { moveApplication } from './live-processes.js';
export type { Stop } from './rows/examine-rows.js';
export type { MoveProgress, OnProgress } from './rows/row-store.js';
export { rowsOf, type Digests } from './rows/digest-rows.js';
export { Placings } from './placings.js';
export type { RunPlacing } from './assign-needs.js';

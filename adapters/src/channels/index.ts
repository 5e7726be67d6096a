export { createArrivalStore, nowScope, type ArrivalStore } from './arrival-store.js';
export {
  createBatchStore,
  batchScope,
  rowKey,
  type BatchStore,
  type StoredBatch,
  type WaitingRow,
  type Why,
} from './batch-store.js';
export {
  createChannelStore,
  scheduleScope,
  type ChannelKind,
  type ChannelStore,
  type StoredChannel,
} from './channel-store.js';
export { createOutbox, type Outbox } from './outbox.js';
export { newId, newToken } from '../identity/secret-token.js';
export { createShareStore, type ShareStore, type ShareUsage } from './share-store.js';
export { mostRows, readRows, type GivenRow } from './read-rows.js';
export { createUploadLedger, type HeldBytes, type Uploader, type UploadLedger } from './upload-ledger.js';

export { createArrivalStore, nowScope, type ArrivalStore } from './arrival-store.js';
export { batchScope, rowKey } from './batch-runs.js';
export { BatchStore, type StoredBatch, type WaitingRow, type Why } from './batch-store.js';
export { ChannelStore, missingChannel, scheduleScope, type ChannelKind, type StoredChannel } from './channel-store.js';
export {
  createOpenAiFiles,
  type FileOwner,
  type FileRoom,
  type OpenAiFiles,
  type StoredOpenAiBatch,
  type StoredOpenAiFile,
} from './openai-files.js';
export { Outbox } from './outbox.js';
export { newId, newToken } from '../identity/secret-token.js';
export { createShareStore, type ShareStore } from './share-store.js';
export { mostRows, readRows, streamRows, type GivenRow } from './read-rows.js';
export { createUploadLedger, type UploadLedger } from './upload-ledger.js';

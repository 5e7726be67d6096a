export type { BatchedCall, CallResult, NewBatchedCall, StoredProviderBatch } from './batched-call.js';
export { ProviderBatchStore, type BatchGroup } from './provider-batch-store.js';

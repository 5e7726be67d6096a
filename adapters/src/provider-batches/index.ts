export type { BatchedCall, CallResult, StoredProviderBatch } from './batched-call.js';
export { ProviderBatchStore } from './provider-batch-store.js';

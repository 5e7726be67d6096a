export {
  ProviderBatchStore,
  type BatchedCall,
  type CallResult,
  type NewBatchedCall,
  type StoredProviderBatch,
} from './provider-batch-store.js';

export { createKeyVault, createSecretStore, type SecretStoreOptions } from './vault/secret-store.js';
export { createConnectionStore } from './store/connection-store.js';
export { createConnectionTests, type ConnectionTests, type PastTest } from './store/connection-tests.js';
export { ConnectionHub, type ConnectionsOptions, type ConnectionState } from './connection-hub.js';
export { connectionPresets, type KnownPreset } from './presets.js';
export { estimateTokens } from './shared/estimate-tokens.js';
export { findPrice, priceUsage } from './shared/price-call.js';
export type { ConnectionBatches } from './connection-batches.js';
export type { BatchAnswer, BatchLine, OwnBatch } from './provider.js';

export { createKeyVault, createSecretStore } from './vault/secret-store.js';
export { createConnectionStore } from './store/connection-store.js';
export { createConnectionTests, type ConnectionTests, type PastTest } from './store/connection-tests.js';
export { ConnectionHub } from './connection-hub.js';
export { connectionPresets } from './presets.js';
export type { ConnectionBatches } from './connection-batches.js';

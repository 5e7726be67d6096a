export { createSecretVault, secretNamePattern, type SecretVaultOptions } from './vault/secret-vault.js';
export { createConnectionStore } from './store/connection-store.js';

export { createAwsSecrets, type AwsPlace, type AwsSecretsOptions } from './aws-secrets-manager.js';
export { createHashicorpVault, type HashicorpVaultOptions, type VaultPlace } from './hashicorp-vault.js';
export type { AwsCredentials } from './sign-v4.js';

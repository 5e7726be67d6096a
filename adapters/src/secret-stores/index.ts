export { createAwsSecrets, type AwsSecretId, type AwsSecretsOptions } from './aws-secrets-manager.js';
export { createHashicorpVault, type HashicorpVaultOptions, type VaultSecretPath } from './hashicorp-vault.js';
export type { AwsCredentials } from './sign-v4.js';

export { createAwsSecrets } from './aws-secrets-manager.js';
export { createHashicorpVault } from './hashicorp-vault.js';
export type { AwsCredentials } from './sign-v4.js';

export { createEnvironmentSecrets, readSecretFile, secretVariable, type PlainSecrets } from './environment-secrets.js';
export { createFolderSecrets } from './folder-secrets.js';

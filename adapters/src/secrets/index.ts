export { createEnvironmentSecrets, secretVariable, unreadable, type PlainSecrets } from './environment-secrets.js';
export { createFolderSecrets } from './folder-secrets.js';

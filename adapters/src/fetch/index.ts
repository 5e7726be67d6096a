export type { Credential, SigningFetch } from './credential.js';
export * from './create-safe-fetch.js';
export { resolveMailServer } from './resolve-mail-server.js';
export { checkHost } from './check-host.js';

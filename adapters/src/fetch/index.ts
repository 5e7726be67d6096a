export type { Credential, SigningFetch } from './credential.js';
export * from './create-safe-fetch.js';
export { isPublicAddress } from './public-address.js';
export { resolveMailServer, type MailServer } from './resolve-mail-server.js';
export { checkHost } from './check-host.js';

export type { Credential, SigningFetch } from './credential.js';
export * from './create-safe-fetch.js';
export { isPublicAddress } from './public-address.js';

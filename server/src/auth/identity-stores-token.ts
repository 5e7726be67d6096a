/** Injects users, sessions, projects, keys and grants as they are stored, `IdentityStores`. */
export const IDENTITY_STORES = Symbol('identity stores');

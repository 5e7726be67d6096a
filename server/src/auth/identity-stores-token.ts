/** Injects the `IdentityStores`: users, sessions, projects, keys and grants. */
export const IDENTITY_STORES = Symbol('identity stores');

/** Injects the stores of users, sessions, projects, keys and grants, `IdentityStores`. */
export const IDENTITY_STORES = Symbol('identity stores');

/** Injects the caches that workflows keep results in, `Caches`. */
export const CACHES = Symbol('caches');

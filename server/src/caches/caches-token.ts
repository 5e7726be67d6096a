/** Injects the caches of workflow results, `Caches`. */
export const CACHES = Symbol('caches');

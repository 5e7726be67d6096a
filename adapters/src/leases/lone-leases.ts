import type { Leases } from '@heddle/core';

/**
 * The leases of a process that is alone with its database: it holds all of them, from the start to the end.
 *
 * @example const leases = createLoneLeases();
 */
export const createLoneLeases = (): Leases => ({
  isAlone: true,
  acquire: (name, holder) => Promise.resolve({ name, holder, token: 1 }),
  renew: () => Promise.resolve(true),
  release: () => Promise.resolve(true),
});

import type { Leases } from '@heddle/core';

/**
 * Creates the leases of a process that is alone with its database. It holds every lease from start to end.
 *
 * @example const leases = createLoneLeases();
 */
export const createLoneLeases = (): Leases => ({
  isAlone: true,
  acquire: (name, holder) => Promise.resolve({ name, holder, token: 1 }),
  renew: () => Promise.resolve(true),
  release: () => Promise.resolve(true),
});

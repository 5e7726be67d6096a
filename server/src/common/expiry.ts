import { steadySource, type Clock, type Leases } from '@heddle/core';

/** How many milliseconds a process may use cached rows of a database that others change too. */
export const rememberedMs = 1_000;

/**
 * Returns a function that says, once a second, that cached rows must be read again. A process that is alone on its database knows of each
 * change, so its cache never expires.
 *
 * @example const isOver = createExpiry(parts); if (isOver()) this.pointers.clear();
 */
export function createExpiry({
  leases,
  clock,
}: {
  readonly leases: Pick<Leases, 'isAlone'>;
  readonly clock: Clock;
}): () => boolean {
  if (leases.isAlone) return () => false;
  const time = steadySource(clock);
  let since = time.now();
  return () => {
    const now = time.now();
    if (now - since < rememberedMs) return false;
    since = now;
    return true;
  };
}

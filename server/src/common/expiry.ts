import { steadySource, type Clock, type Leases } from '@heddle/core';

/** Milliseconds that a process may use what it remembers of the database, where others change it too. */
export const rememberedMs = 1_000;

/**
 * Says once a second that what is remembered must be read again. A process that is alone is told of each change by itself, and never forgets.
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

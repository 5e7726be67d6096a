import type { Clock } from '@heddle/core';

interface ReadValue {
  readonly value: string;
  readonly keepMs: number;
}

/**
 * Caches the values of a store for a short time, so that a busy workflow does not read them for each request. Concurrent reads of a value
 * are joined. A failure is not cached.
 *
 * @example const kept = createValueCache(clock); await kept('path', read);
 */
export function createValueCache(
  clock: Pick<Clock, 'now'>,
): (key: string, read: () => Promise<ReadValue>) => Promise<string> {
  const kept = new Map<string, { readonly value: Promise<string>; until: number }>();
  const most = 1_000;
  return (key, read) => {
    const known = kept.get(key);
    if (known !== undefined && known.until > clock.now()) return known.value;
    if (kept.size >= most) kept.clear();
    const value = read().then(
      (found) => {
        entry.until = clock.now() + found.keepMs;
        return found.value;
      },
      (error: unknown) => {
        if (kept.get(key) === entry) kept.delete(key);
        throw error;
      },
    );
    const entry = { value, until: Infinity };
    kept.set(key, entry);
    return value;
  };
}

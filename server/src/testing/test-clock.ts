import type { StoredTime, TrustedTimeStore } from '@heddle/adapters/stores';
import type { Clock } from '@heddle/core';
import { TrustedClock } from '../common/trusted-clock.js';
import { realClock } from '../common/real-clock.js';

/** Stores the trusted time in memory. */
export function memoryTime(kept?: StoredTime): TrustedTimeStore {
  let now = kept;
  return { read: () => now, write: (next) => void (now = next) };
}

/** Makes a trusted clock on top of a test's clock. @example const clock = testClock(createFakeClock()); */
export function testClock(base: Clock = realClock, store = memoryTime()): TrustedClock {
  return new TrustedClock({ base, store });
}

import type { KeptTime, TrustedTimeStore } from '@heddle/adapters/stores';
import type { Clock } from '@heddle/core';
import { TrustedClock } from '../clock/trusted-clock.js';
import { realClock } from '../heddle/real-clock.js';

/** Keeps the trusted time in memory. */
export function memoryTime(kept?: KeptTime): TrustedTimeStore {
  let now = kept;
  return { read: () => now, write: (next) => void (now = next) };
}

/** A trusted clock over the clock of a test. @example const clock = testClock(createFakeClock()); */
export function testClock(base: Clock = realClock, store = memoryTime()): TrustedClock {
  return new TrustedClock({ base, store });
}

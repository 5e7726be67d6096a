import type { ScheduleConfig } from '@heddle/core';
import type { CronTimes } from './cron-times.js';

/** A time that is looked at no later than this after it was on time; anything older was missed. */
export const graceMs = 60_000;

/**
 * Which times of a schedule begin runs now, oldest first, and the time up to which everything is settled then: `skip` leaves out what
 * was missed, `one` makes up for it with a single run, `all` runs each, up to a limit of the newest.
 */
export function dueTimes(
  times: CronTimes,
  { catchUp, catchUpLimit }: Pick<ScheduleConfig, 'catchUp' | 'catchUpLimit'>,
  since: number,
  now: number,
): { readonly due: readonly number[]; readonly passed?: number } {
  const limit = catchUp === 'all' ? catchUpLimit : 1;
  const found = times.upTo(now, limit).filter((time) => time > since && time <= now);
  const [newest] = found;
  if (newest === undefined) return { due: [] };
  const isOnTime = now - newest <= graceMs;
  return { due: catchUp === 'skip' && !isOnTime ? [] : [...found].reverse(), passed: newest };
}

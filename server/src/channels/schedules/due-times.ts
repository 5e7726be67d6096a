import type { ScheduleConfig } from '@heddle/core';
import type { CronTimes } from './cron-times.js';

/** A time that is noticed no later than this was on time; an older one was missed. */
const graceMs = 60_000;

/**
 * The times of a schedule that start runs now, oldest first, and the time up to which everything is settled. `skip` drops missed times,
 * `one` makes up for them with a single run, `all` runs each, up to a limit of the newest.
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

import type { ScheduleConfig } from '@heddle/core';
import type { CronTimes } from './cron-times.js';

/** A time that is at most this late counts as on time; a later one was missed. */
const graceMs = 60_000;

/**
 * The times of a schedule that start runs now, oldest first; `passed` is the newest time that is now settled. For missed times, `skip`
 * starts none, `one` starts a single run, and `all` starts one for each of the newest `catchUpLimit` times.
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

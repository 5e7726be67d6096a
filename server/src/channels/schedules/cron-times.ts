import { HeddleError, type ScheduleConfig } from '@heddle/core';
import { cronProblem } from './cron-problem.js';

type When = Pick<ScheduleConfig, 'cron' | 'timeZone'>;

/** The times of a schedule, in epoch milliseconds. */
export interface CronTimes {
  /** The next `count` times after a moment. */
  after(time: number, count: number): readonly number[];
  /** The last `count` times up to and including a moment, newest first. */
  upTo(time: number, count: number): readonly number[];
}

/**
 * Parses a cron expression; the library is loaded at the first use. Errors: `schedule_invalid`.
 *
 * @example (await cronTimes({ cron: '0 9 * * 1-5', timeZone: 'Europe/Paris' })).after(Date.now(), 3)
 */
export async function cronTimes({ cron, timeZone }: When): Promise<CronTimes> {
  if (!isTimeZone(timeZone))
    throw new HeddleError('schedule_invalid', `'${timeZone}' is not a time zone: name one such as Europe/Paris.`, {
      details: { cron, timeZone },
    });
  const { Cron } = await import('croner');
  const canRead = (expression: string): boolean => {
    try {
      new Cron(expression, { paused: true });
      return true;
    } catch {
      return false;
    }
  };
  try {
    const times = new Cron(cron, { timezone: timeZone, paused: true });
    return {
      after: (time, count) => times.nextRuns(count, new Date(time)).map((date) => date.getTime()),
      // `previousRuns` excludes its moment, so it gets the next second.
      upTo: (time, count) =>
        times.previousRuns(count, new Date(Math.floor(time / 1_000) * 1_000 + 1_000)).map((date) => date.getTime()),
    };
  } catch (cause) {
    throw new HeddleError(
      'schedule_invalid',
      `'${cron}' is not a valid cron expression: ${cronProblem(cron, canRead)}.`,
      {
        cause,
        details: { cron, timeZone },
      },
    );
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

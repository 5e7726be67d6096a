import { describe, expect, it } from '@jest/globals';
import { cronTimes } from './cron-times.js';

const problemOf = (cron: string): Promise<string> =>
  cronTimes({ cron, timeZone: 'UTC' }).then(
    () => 'none',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );

describe('the problem of a cron expression', () => {
  it.each([
    ['0 25 * * *', "the hour '25' must be 0 to 23."],
    ['61 9 * * *', "the minute '61' must be 0 to 59."],
    ['75 0 9 * * *', "the second '75' must be 0 to 59."],
    ['0 9 32 * *', "the day of the month '32' must be 1 to 31, or L for the last one."],
    ['0 9 * 13 *', "the month '13' must be 1 to 12, or JAN to DEC."],
    ['0 9 * * noon', "the day of the week 'noon' must be 0 to 7 with 0 and 7 for Sunday, or SUN to SAT."],
    ['*/0 * * * *', "the minute '*/0' must be 0 to 59."],
    ['0 17-9 * * *', "the hour '17-9' must be 0 to 23."],
    ['soon', 'it has 1 part. Write five: minute, hour, day of the month, month and day of the week,'],
    ['9 * *', 'it has 3 parts.'],
  ])('names the part of %s that is wrong, and what it may be', async (cron, text) => {
    const problem = await problemOf(cron);
    expect(problem.startsWith(`'${cron}' is not a valid cron expression: ${text}`)).toBe(true);
    expect(problem).not.toMatch(/Cron|Syntax|configuration/);
  });

  it.each(['0 9 * * 1-5', '@daily', '0 9 L * *', '*/5 * * * * *'])('is absent for %s', async (cron) =>
    expect(await problemOf(cron)).toBe('none'),
  );
});

import type { ScheduleConfig } from '@heddle/core';

/** The schedules that the dialog offers. */
export const cronChoices: readonly (readonly [string, string])[] = [
  ['', 'Custom'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 * * * *', 'Every hour'],
  ['0 9 * * *', 'Every day at 9'],
  ['0 9 * * 1-5', 'Monday to Friday at 9'],
  ['0 9 * * 1', 'Every Monday at 9'],
  ['0 9 1 * *', 'Monthly, on day 1 at 9'],
];

export const catchUpChoices: readonly (readonly [ScheduleConfig['catchUp'], string])[] = [
  ['one', 'Make up for all with one run'],
  ['skip', 'Skip them'],
  ['all', 'Run each of them'],
];

export const catchUpText: Readonly<Record<ScheduleConfig['catchUp'], string>> = {
  one: 'one run makes up for missed times',
  skip: 'missed times are skipped',
  all: 'each missed time runs',
};

/** The time zones that the browser knows. */
export const timeZones = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** A time in a time zone. It has seconds if this time, or another in the list, is not on a full minute. */
export function timeIn(time: number, timeZone: string, among: readonly number[] = [time]): string {
  const shown = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(among.some((one) => one % 60_000 !== 0) ? ({ second: '2-digit' } as const) : {}),
  } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { ...shown, timeZone, timeZoneName: 'short' }).format(time);
  } catch {
    return new Intl.DateTimeFormat('en-GB', shown).format(time); // the browser does not know the time zone
  }
}

import type { ScheduleConfig } from '@heddle/core';

/** Schedules to begin with. */
export const cronChoices: readonly (readonly [string, string])[] = [
  ['', 'Of my own'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 * * * *', 'Every hour'],
  ['0 9 * * *', 'Every day at 9'],
  ['0 9 * * 1-5', 'Monday to Friday at 9'],
  ['0 9 * * 1', 'Every Monday at 9'],
  ['0 9 1 * *', 'The first of each month at 9'],
];

export const catchUpChoices: readonly (readonly [ScheduleConfig['catchUp'], string])[] = [
  ['one', 'Make up for all of them with one run'],
  ['skip', 'Leave them out'],
  ['all', 'Run each of them'],
];

export const catchUpWords: Readonly<Record<ScheduleConfig['catchUp'], string>> = {
  one: 'one run makes up for what was missed',
  skip: 'missed times are left out',
  all: 'each missed time is run',
};

/** Time zones that the browser knows. */
export const timeZones = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** The zone of who looks. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A time by the wall clock of a zone; with its seconds where it, or one of those that it stands among, is not on the minute. */
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
    return new Intl.DateTimeFormat('en-GB', shown).format(time); // a zone that this browser does not know
  }
}

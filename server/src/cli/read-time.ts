import { HeddleError } from '@heddle/core';
import { z } from 'zod';

/** A day begins at midnight UTC. A date that does not exist, such as 31 April, is invalid. */
const DayOrTime = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);

/** Parses a day or time given as an option. Errors: `usage`. @example readTime(options.from, '--from') */
export function readTime(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const time = DayOrTime.safeParse(text).success ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new HeddleError(
      'usage',
      `${option} takes a date, such as 2026-11-01 or 2026-11-01T12:00:00Z, not '${text.slice(0, 40)}'.`,
    );
  return time;
}

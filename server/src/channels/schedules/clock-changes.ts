import type { ScheduleConfig } from '@heddle/core';
import { cronTimes, type CronTimes } from './cron-times.js';

type When = Pick<ScheduleConfig, 'cron' | 'timeZone'>;

const hour = 3_600_000;
const day = 24 * hour;
const daysAhead = 400;
/** The most times of a schedule that are checked around one change. */
const mostTimes = 20_000;
const someTimes = 24;

/** A clock change of a time zone (daylight saving): its time, and the offset from UTC before and after it. */
interface Change {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/**
 * Describes what the next clock changes do to a schedule: they skip one of its times, or make it occur twice. Empty if they affect no time
 * of the schedule.
 */
export async function clockChanges(when: When, now: number): Promise<readonly string[]> {
  const offset = offsetOf(when.timeZone);
  const notes: string[] = [];
  for (const change of changesOf(offset, now)) {
    const text = await textOf(when, change);
    if (text !== undefined) notes.push(text);
  }
  return notes;
}

async function textOf({ cron, timeZone }: When, { at, before, after }: Change): Promise<string | undefined> {
  // The schedule in wall clock time, calculated as if the zone were UTC.
  const wall = await cronTimes({ cron, timeZone: 'UTC' });
  const from = at + Math.min(before, after);
  const to = at + Math.max(before, after);
  const [first] = between(wall, from, to);
  if (first === undefined) return undefined;
  const real = between(await cronTimes({ cron, timeZone }), at - 2 * hour, at + 2 * hour);
  const clockTime = `On ${dayOf(first)} ${clockOf(first)}`;
  if (after > before) {
    // A skipped time can run right after the gap instead.
    const others = new Set(between(wall, to, to + hour));
    const moved = real.find((time) => time >= at && time < at + hour && !others.has(time + after));
    const what = moved === undefined ? 'it does not run then' : `it runs at ${clockOf(moved + after)} instead`;
    return `${clockTime} does not exist, as clocks go forward: ${what}.`;
  }
  const isFirst = real.includes(first - before);
  const isSecond = real.includes(first - after);
  const what = isFirst && isSecond ? 'both times' : isFirst ? 'the first time only' : 'the second time only';
  return `${clockTime} comes twice, as clocks go back: it runs ${what}.`;
}

/** Times from `from` to before `to`. */
function between(times: CronTimes, from: number, to: number): readonly number[] {
  const found: number[] = [];
  let last = from - 1;
  while (found.length < mostTimes) {
    const some = times.after(last, someTimes);
    found.push(...some.filter((time) => time < to));
    last = some.at(-1) ?? to;
    if (last >= to) break;
  }
  return found;
}

/** Returns a function that gives the UTC offset of a zone at a time, in milliseconds. */
function offsetOf(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const seconds = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return seconds - Math.floor(time / 1_000) * 1_000;
  };
}

/** The clock changes within `daysAhead`, a little more than a year. */
function changesOf(offset: (time: number) => number, now: number): readonly Change[] {
  const changes: Change[] = [];
  for (let time = now; time < now + daysAhead * day; time += day) {
    const before = offset(time);
    const after = offset(time + day);
    if (before === after) continue;
    let low = time;
    let high = time + day;
    while (high - low > 1_000) {
      const middle = Math.floor((low + high) / 2_000) * 1_000;
      if (middle <= low) break;
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ at: Math.round(high / 60_000) * 60_000, before, after });
  }
  return changes.slice(0, 2);
}

const dayOf = (wall: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' }).format(wall);
const clockOf = (wall: number): string => new Date(wall).toISOString().slice(11, 16);

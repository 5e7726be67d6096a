import type { ScheduleConfig, SchedulePreview } from '@heddle/core';
import { clockChanges } from './clock-changes.js';
import { cronTimes } from './cron-times.js';
import { unevenSteps } from './uneven-steps.js';

const shownTimes = 5;

/** Describes a cron expression in plain English; gives back the expression itself if the library cannot describe it. */
async function cronText(cron: string): Promise<string> {
  const { default: cronstrue } = await import('cronstrue');
  try {
    const text = cronstrue.toString(cron, { use24HourTimeFormat: true });
    return /^At [\d:, and]+$/.test(text) ? `${text}, every day` : text;
  } catch {
    return cron;
  }
}

/** Describes when a schedule runs: in a sentence, with its next times and the effect of clock changes. Errors: `schedule_invalid`. */
export async function readSchedule(
  config: Pick<ScheduleConfig, 'cron' | 'timeZone'>,
  now: number,
): Promise<SchedulePreview> {
  const times = await cronTimes(config);
  const next = [...times.after(now, shownTimes)];
  const notes = [...unevenSteps(config.cron), ...(await clockChanges(config, now))];
  if (next.length === 0) notes.unshift('It never runs: no date matches it.');
  return { words: `${await cronText(config.cron)}, ${config.timeZone}`, next, notes };
}

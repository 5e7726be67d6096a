import type { JobReply, SourceReply, SyncCounts } from '@heddle/core';
import { countOf } from '../../ui/format/count-of.js';
import { formatAgo, formatUntil } from '../../ui/format/format-time.js';

/** The state of a source as text, and the tone in which it is shown. */
interface SourceStateText {
  readonly text: string;
  readonly tone: 'running' | 'done' | 'resting' | 'bad';
}

/** @example stateOf(source, undefined) // { text: 'In sync', tone: 'done' } */
export function stateOf({ isRemoving, isPaused, state }: SourceReply, job: JobReply | undefined): SourceStateText {
  if (isRemoving) return { text: 'Is being deleted', tone: 'running' };
  if (job !== undefined) return { text: progressText(job), tone: 'running' };
  if (isPaused) return { text: 'Paused', tone: 'resting' };
  if (state.error !== undefined) return { text: 'Sync failed', tone: 'bad' };
  if (state.syncedAt === undefined) return { text: 'Not synced yet', tone: 'resting' };
  return state.failures > 0
    ? { text: `In sync, without ${countOf(state.failures, 'document')}`, tone: 'bad' }
    : { text: 'In sync', tone: 'done' };
}

function progressText({ status, progress }: JobReply): string {
  const documents = progress['documents'];
  if (status === 'queued') return 'Waits';
  return typeof documents === 'number' && documents > 0 ? `Syncing: ${countOf(documents, 'document')}` : 'Syncing';
}

/** The facts about a source, each with its name. */
export function factsOf({ state, schedule }: SourceReply, now: number): readonly (readonly [string, string])[] {
  return [
    ['Documents', state.documents.toLocaleString()],
    ...(state.syncedAt === undefined ? [] : [['Last sync', formatAgo(state.syncedAt, now)] as const]),
    ...(state.changedAt === undefined ? [] : [['Last change', formatAgo(state.changedAt, now)] as const]),
    // After a failed sync, the counts are still those of the sync before.
    ...(state.counts === undefined || state.error !== undefined ? [] : [['Result', countsText(state.counts)] as const]),
    ['Schedule', scheduleText(schedule)],
    ...(state.nextAt === undefined ? [] : [['Next sync', formatUntil(state.nextAt, now)] as const]),
  ];
}

function countsText({ stored, removed, failed, unchanged }: SyncCounts): string {
  const parts = [
    [stored, 'new or changed'],
    [removed, 'removed'],
    [failed, 'failed'],
    [unchanged, 'unchanged'],
  ] as const;
  const known = parts.filter(([count]) => count > 0).map(([count, word]) => `${count.toLocaleString()} ${word}`);
  return known.length === 0 ? 'nothing to do' : known.join(', ');
}

/** The schedules that the dialog offers. */
export const scheduleChoices = [
  ['', 'Only by hand'],
  ['*/5 * * * *', 'Every 5 minutes'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 * * * *', 'Every hour'],
  ['0 */6 * * *', 'Every 6 hours'],
  ['0 3 * * *', 'Every day at 3:00'],
] as const;

/** The name of a schedule, or its cron expression if it has no name. */
function scheduleText(schedule: SourceReply['schedule']): string {
  if (schedule === undefined) return 'Only by hand';
  const known = scheduleChoices.find(([cron]) => cron === schedule.cron)?.[1];
  return known ?? `${schedule.cron}, ${schedule.timeZone}`;
}

import type { MonitorReply } from '@heddle/core';
import { formatCost } from '../../ui/format/format-cost.js';
import { formatCount } from '../../ui/format/format-money.js';

export const stateText = ({ state }: Pick<MonitorReply, 'state'>): string =>
  state === 'running' ? 'Running' : 'Paused';

/** How many sampled runs were judged, skipped or failed, or still wait. Counts of zero are left out. */
export function countsText({ counts: { waiting, judged, failed, skipped } }: Pick<MonitorReply, 'counts'>): string {
  const all = skipped.budget + skipped.label + skipped.removed;
  const why = [
    skipped.budget > 0 ? `${formatCount(skipped.budget)} for the budget` : '',
    skipped.label > 0 ? `${formatCount(skipped.label)} for their label` : '',
    skipped.removed > 0 ? `${formatCount(skipped.removed)} removed before` : '',
  ].filter((part) => part !== '');
  return [
    `${formatCount(judged)} judged`,
    all > 0 ? `${formatCount(all)} skipped (${why.join(', ')})` : '',
    failed > 0 ? `${formatCount(failed)} failed` : '',
    waiting > 0 ? `${formatCount(waiting)} waiting` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** How much of today's budget is used. */
export function budgetText({ today, runsPerDay, costPerDay }: MonitorReply): string {
  return `Today ${formatCount(today.runs)} of ${formatCount(runsPerDay)} runs, ${today.cost === 0 ? '$0' : formatCost(today.cost)} of ${formatCost(costPerDay)}`;
}

/** Which runs a monitor judges. */
export function sampleText({ share, filter }: MonitorReply): string {
  const version =
    filter.version === undefined ? '' : filter.version === 0 ? ' of the draft' : ` of version ${filter.version}`;
  const channel = filter.channel === undefined ? '' : ` through ${filter.channel}`;
  const isOnlyDone = filter.status.length === 1 && filter.status[0] === 'done';
  return `${Math.round(share * 1_000) / 10} % of the runs${version}${channel}${isOnlyDone ? '' : ` that are ${filter.status.join(' or ')}`}`;
}

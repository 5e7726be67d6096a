import type { Delivery, LabelLevel, WebhookEvent } from '@heddle/core';

export const eventLabels: Readonly<Record<WebhookEvent, string>> = {
  'run.done': 'A run is done',
  'run.failed': 'A run failed',
  'run.cancelled': 'A run was cancelled',
  'human-input.opened': 'A run requests human input',
  'human-input.reminder': 'A request reminder is due',
  'human-input.escalated': 'A request escalates',
};

export const levelChoices: readonly (readonly [LabelLevel, string])[] = [
  ['public', 'public'],
  ['internal', 'internal'],
  ['confidential', 'confidential'],
  ['restricted', 'restricted'],
];

/** The status of a delivery as text. */
export function deliveryText({ status, attempts, nextAt }: Delivery, now: number): string {
  if (status === 'sent') return attempts > 1 ? `Received at attempt ${attempts}` : 'Received';
  if (status === 'dead') return `Failed after ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}`;
  const wait = nextAt === undefined ? 0 : nextAt - now;
  const next = wait <= 1_000 ? 'now' : `in ${waitText(wait)}`;
  return attempts === 0
    ? `Next attempt ${next}`
    : `${attempts === 1 ? '1 attempt' : `${attempts} attempts`}, next ${next}`;
}

/** A waiting time: `25 s`, `2 min`, `3 h`. */
export function waitText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

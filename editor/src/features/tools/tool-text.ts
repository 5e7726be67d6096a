import type { ToolEffect, ToolReply, ToolServerSummary, ToolStanding } from '@heddle/core';

export const standingText: Readonly<Record<ToolStanding, string>> = {
  new: 'Waits for approval',
  approved: 'Approved',
  changed: 'Changed since the approval',
  disabled: 'Disabled',
  gone: 'No longer offered',
  refused: 'Refused',
};

/** The status that decides the colour of a state. */
export const standingStatus: Readonly<Record<ToolStanding, string>> = {
  new: 'waiting',
  approved: 'done',
  changed: 'failed',
  disabled: 'idle',
  gone: 'idle',
  refused: 'failed',
};

/** The tool effects with their names and descriptions. */
export const effectText: readonly (readonly [ToolEffect, string, string])[] = [
  ['read', 'Reads', 'Reads data, changes nothing.'],
  ['write', 'Writes', 'Changes stored data: files, records, settings.'],
  ['send', 'Sends', 'Sends data to others: messages, requests to other services.'],
  ['execute', 'Executes', 'Runs programs or code.'],
  ['spend', 'Spends', 'Costs money or orders something.'],
];

/** The states in the order of their importance. */
const order: readonly ToolStanding[] = ['changed', 'new', 'approved', 'disabled', 'refused', 'gone'];
const short: Readonly<Record<ToolStanding, string>> = {
  new: 'to approve',
  approved: 'approved',
  changed: 'changed',
  disabled: 'disabled',
  gone: 'no longer offered',
  refused: 'refused',
};

/** The number of tools in each state: `1 changed, 4 approved`. */
export function countsText({ tools }: Pick<ToolServerSummary, 'tools'>): string {
  const parts = order.flatMap((standing) => {
    const count = tools[standing] ?? 0;
    return count === 0 ? [] : [`${count} ${short[standing]}`];
  });
  return parts.length === 0 ? 'Tools not loaded yet' : parts.join(', ');
}

/** Sorts tools by state. Those that need a decision come first. */
export function inOrder(tools: readonly ToolReply[]): readonly ToolReply[] {
  return [...tools].sort(
    (a, b) => order.indexOf(a.standing) - order.indexOf(b.standing) || a.tool.localeCompare(b.tool),
  );
}

/** The current state of a server as a status and a text. */
export function stateOf(
  { isEnabled, activity, tools, signIn }: ToolServerSummary,
  now: number,
): { readonly status: string; readonly text: string } {
  if (!isEnabled) return { status: 'idle', text: 'Disabled' };
  if (signIn?.isNeeded === true) return { status: 'waiting', text: 'Sign-in needed' };
  if (activity.state === 'waiting') {
    const seconds = Math.max(1, Math.ceil(((activity.retryAt ?? now) - now) / 1000));
    return { status: 'failed', text: `Failing, next attempt in ${seconds} s` };
  }
  if (activity.problem !== undefined) return { status: 'failed', text: 'Last call failed' };
  if ((tools.changed ?? 0) > 0) return { status: 'waiting', text: 'A changed tool is disabled until you review it' };
  return activity.state === 'connected'
    ? { status: 'done', text: 'Connected' }
    : { status: 'idle', text: 'Connects on use' };
}

export const descriptionOf = ({ definition }: Pick<ToolReply, 'definition'>): string =>
  typeof definition['description'] === 'string' ? definition['description'] : '';

import type { ToolEffect, ToolReply, ToolServerSummary, ToolStanding } from '@heddle/core';

/** Where a tool stands, in words. */
export const standingWords: Readonly<Record<ToolStanding, string>> = {
  new: 'Waits for approval',
  approved: 'Approved',
  changed: 'Changed since it was approved',
  disabled: 'Switched off',
  gone: 'Not offered any more',
  refused: 'Refused',
};

/** The status whose colour a standing has. */
export const standingStatus: Readonly<Record<ToolStanding, string>> = {
  new: 'waiting',
  approved: 'done',
  changed: 'failed',
  disabled: 'idle',
  gone: 'idle',
  refused: 'failed',
};

/** What tools do to the world, with what it means. */
export const effectWords: readonly (readonly [ToolEffect, string, string])[] = [
  ['read', 'Reads', 'Looks something up, and changes nothing.'],
  ['write', 'Writes', 'Changes something that stays: files, records, settings.'],
  ['send', 'Sends', 'Hands something to others: messages, requests to other services.'],
  ['execute', 'Executes', 'Runs programs or code.'],
  ['spend', 'Spends', 'Costs money, or orders something.'],
];

/** What stands at a server, in the order in which it matters. */
const order: readonly ToolStanding[] = ['changed', 'new', 'approved', 'disabled', 'refused', 'gone'];
const short: Readonly<Record<ToolStanding, string>> = {
  new: 'to approve',
  approved: 'approved',
  changed: 'changed',
  disabled: 'switched off',
  gone: 'gone',
  refused: 'refused',
};

/** The tools of a server counted, such as `1 changed, 4 approved`. */
export function countWords({ tools }: Pick<ToolServerSummary, 'tools'>): string {
  const parts = order.flatMap((standing) => {
    const count = tools[standing] ?? 0;
    return count === 0 ? [] : [`${count} ${short[standing]}`];
  });
  return parts.length === 0 ? 'Its tools are not known yet' : parts.join(', ');
}

/** Tools in the order in which somebody should look at them. */
export function inOrder(tools: readonly ToolReply[]): readonly ToolReply[] {
  return [...tools].sort(
    (a, b) => order.indexOf(a.standing) - order.indexOf(b.standing) || a.tool.localeCompare(b.tool),
  );
}

/** What a server does now. */
export function stateOf(
  { isEnabled, activity, tools, signIn }: ToolServerSummary,
  now: number,
): { readonly status: string; readonly words: string } {
  if (!isEnabled) return { status: 'idle', words: 'Switched off' };
  if (signIn?.isNeeded === true) return { status: 'waiting', words: 'Somebody has to sign in to it' };
  if (activity.state === 'waiting') {
    const seconds = Math.max(1, Math.ceil(((activity.retryAt ?? now) - now) / 1000));
    return { status: 'failed', words: `Fails, and is tried again in ${seconds} s` };
  }
  if (activity.problem !== undefined) return { status: 'failed', words: 'Failed the last time' };
  if ((tools.changed ?? 0) > 0)
    return { status: 'waiting', words: 'A tool changed and is switched off until you look at it' };
  return activity.state === 'connected'
    ? { status: 'done', words: 'Connected' }
    : { status: 'idle', words: 'Reached when it is used' };
}

export const descriptionOf = ({ definition }: Pick<ToolReply, 'definition'>): string =>
  typeof definition['description'] === 'string' ? definition['description'] : '';

import type { OpenAsk } from '@heddle/core';

/** The open questions of one person (also those escalated to them by now), or those whose time or reminder has come. */
export function selectAsks(
  asks: readonly OpenAsk[],
  wanted: { readonly assignee?: string | undefined; readonly overdue?: 'true' | 'false' | undefined },
  now: number,
): OpenAsk[] {
  return asks.filter(({ question: { assignee, escalateTo, remindAt = Infinity, dueAt = Infinity } }) => {
    const isOverdue = Math.min(remindAt, dueAt) <= now;
    if (wanted.overdue !== undefined && isOverdue !== (wanted.overdue === 'true')) return false;
    if (wanted.assignee === undefined) return true;
    return assignee === wanted.assignee || (escalateTo === wanted.assignee && remindAt <= now);
  });
}

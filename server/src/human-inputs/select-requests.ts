import type { OpenRequest } from '@heddle/core';
import { escalatedTo } from './may-answer.js';

/** The open questions of one person (also those escalated to them by now), or those whose time or reminder has come. */
export function selectRequests(
  requests: readonly OpenRequest[],
  wanted: { readonly assignee?: string | undefined; readonly overdue?: 'true' | 'false' | undefined },
  now: number,
): OpenRequest[] {
  return requests.filter(({ question }) => {
    const { assignee, remindAt = Infinity, dueAt = Infinity } = question;
    const isOverdue = Math.min(remindAt, dueAt) <= now;
    if (wanted.overdue !== undefined && isOverdue !== (wanted.overdue === 'true')) return false;
    if (wanted.assignee === undefined) return true;
    return assignee === wanted.assignee || escalatedTo(question, now) === wanted.assignee;
  });
}

/** How far a question is, for the inbox: whom it was passed on to counts before that somebody was reminded. */
export function markOf({ question }: OpenRequest, now: number): 'open' | 'reminded' | 'escalated' {
  if (escalatedTo(question, now) !== undefined) return 'escalated';
  return (question.remindAt ?? Infinity) <= now ? 'reminded' : 'open';
}

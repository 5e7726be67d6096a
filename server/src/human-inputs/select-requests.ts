import type { OpenRequest } from '@heddle/core';
import { escalatedTo } from './may-answer.js';

/** The open requests of a person, including escalated ones, or all whose deadline or reminder has passed. */
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

/** The state of a request in the inbox. An escalation takes precedence over a reminder. */
export function markOf({ question }: OpenRequest, now: number): 'open' | 'reminded' | 'escalated' {
  if (escalatedTo(question, now) !== undefined) return 'escalated';
  return (question.remindAt ?? Infinity) <= now ? 'reminded' : 'open';
}

import type { ShownRequest } from '@heddle/core';
import { formatDuration } from '../../ui/format/format-duration.js';

interface Due {
  readonly text: string;
  readonly isOver: boolean;
}

/** The deadline of a request as text, or its reminder if it has no deadline; undefined without either. */
export function dueOf({ question: { dueAt, remindAt } }: ShownRequest, now: number): Due | undefined {
  if (dueAt !== undefined)
    return dueAt <= now
      ? { text: `Overdue for ${formatDuration(now - dueAt)}`, isOver: true }
      : { text: `Due in ${formatDuration(dueAt - now)}`, isOver: remindAt !== undefined && remindAt <= now };
  if (remindAt === undefined) return undefined;
  return remindAt <= now
    ? { text: `Reminder since ${formatDuration(now - remindAt)}`, isOver: true }
    : { text: `Reminder in ${formatDuration(remindAt - now)}`, isOver: false };
}

/** Shown where other requests name their assignees. A breakpoint has none: anyone who may control runs can continue the run. */
const breakpointText = 'Breakpoints';

/** What a request does, after the name of its node and workflow. */
export const requestText = (request: ShownRequest, now: number): string =>
  request.isBreakpoint === true ? 'waits at a breakpoint' : `asks ${assigneeText(request, now)}`;

/**
 * Who should answer a request now. After its escalation, this includes the person to whom it escalates. Without an escalation time, the
 * time of the reminder counts.
 */
export function assigneeText({ question, isBreakpoint = false }: ShownRequest, now: number): string {
  if (isBreakpoint) return breakpointText;
  const { assignee, escalateTo, remindAt = Infinity, escalateAt = remindAt } = question;
  const others = escalateTo !== undefined && escalateAt <= now ? [escalateTo] : [];
  return [...(assignee === undefined ? [] : [assignee]), ...others].join(' or ') || 'anybody';
}

/** The assignees of all requests, without duplicates. */
export function assigneesOf(requests: readonly ShownRequest[], now: number): readonly string[] {
  return [...new Set(requests.map((ask) => assigneeText(ask, now)))].sort((a, b) => a.localeCompare(b));
}

/** The requests that match the filter: overdue ones first, then by deadline, then the oldest. */
export function orderRequests(
  requests: readonly ShownRequest[],
  wanted: { readonly isOverdue: boolean; readonly assignee: string },
  now: number,
): readonly ShownRequest[] {
  return requests
    .filter((ask) => !wanted.isOverdue || dueOf(ask, now)?.isOver === true)
    .filter((ask) => wanted.assignee === '' || assigneeText(ask, now) === wanted.assignee)
    .sort((a, b) => compare(timeOf(a), timeOf(b)) || a.time - b.time);
}

const timeOf = ({ question: { dueAt = Infinity, remindAt = Infinity } }: ShownRequest): number =>
  Math.min(dueAt, remindAt);

// Avoids Infinity minus Infinity, which is NaN.
const compare = (a: number, b: number): number => (a === b ? 0 : a - b);

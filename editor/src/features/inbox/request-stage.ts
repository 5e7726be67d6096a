import type { ShownRequest } from '@heddle/core';
import { formatDuration } from '../../ui/format/format-duration.js';

/** How far a request has come: open, reminded or escalated. */
export interface RequestStage {
  readonly mark: ShownRequest['mark'];
  /** What happened to the request; undefined if nothing did. */
  readonly text: string | undefined;
  /** What happens next; undefined if nothing does. */
  readonly next: string | undefined;
}

const order = ['open', 'reminded', 'escalated'] as const;

/** The stage of a request as the server sent it, advanced if the time of a reminder or escalation has passed since. */
export function stageOf(request: ShownRequest, now: number): RequestStage {
  const { assignee, remindAt = Infinity, escalateTo, escalateAt = remindAt } = request.question;
  const byTime = escalateTo !== undefined && escalateAt <= now ? 'escalated' : remindAt <= now ? 'reminded' : 'open';
  const mark = order.indexOf(byTime) > order.indexOf(request.mark) ? byTime : request.mark;
  const reminded = `Reminded${assignee === undefined ? '' : ` ${assignee}`}${since(remindAt, now)}`;
  const passedOn = `Escalated to ${escalateTo ?? 'another person'}${since(escalateAt, now)}`;
  return {
    mark,
    text: mark === 'escalated' ? passedOn : mark === 'reminded' ? reminded : undefined,
    next:
      mark !== 'escalated' && escalateTo !== undefined && Number.isFinite(escalateAt)
        ? `escalates to ${escalateTo} in ${formatDuration(Math.max(0, escalateAt - now))}`
        : undefined,
  };
}

/** All times of a request as text: deadline, reminder and escalation. */
export function timesOf({ question }: ShownRequest): string {
  const { dueAt, remindAt, escalateTo, escalateAt = remindAt } = question;
  const full = (time: number): string => new Date(time).toLocaleString();
  return [
    dueAt === undefined ? '' : `Due ${full(dueAt)}: then the run continues without an answer.`,
    remindAt === undefined ? '' : `Reminder ${full(remindAt)}.`,
    escalateTo === undefined || escalateAt === undefined ? '' : `Escalates to ${escalateTo} ${full(escalateAt)}.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const since = (time: number, now: number): string => (time <= now ? ` ${formatDuration(now - time)} ago` : '');

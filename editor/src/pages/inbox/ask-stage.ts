import { formatDuration } from '../../format/format-duration.js';
import type { OpenAsk } from '../../run/run-api.js';

/** How far a question is: nobody was told again, somebody was reminded, or somebody else may answer as well. */
export interface AskStage {
  readonly mark: OpenAsk['mark'];
  /** What happened; undefined while nothing did. */
  readonly words: string | undefined;
  /** What comes next; undefined where nothing does. */
  readonly next: string | undefined;
}

const order = ['open', 'reminded', 'escalated'] as const;

/** The stage of a question: as the server said, or further where a time came since then. */
export function stageOf(ask: OpenAsk, now: number): AskStage {
  const { assignee, remindAt = Infinity, escalateTo, escalateAt = remindAt } = ask.question;
  const byTime = escalateTo !== undefined && escalateAt <= now ? 'escalated' : remindAt <= now ? 'reminded' : 'open';
  const mark = order.indexOf(byTime) > order.indexOf(ask.mark) ? byTime : ask.mark;
  const [reminded, passedOn] = [
    `Reminded${assignee === undefined ? '' : ` ${assignee}`}${since(remindAt, now)}`,
    `Passed on to ${escalateTo ?? 'somebody else'}${since(escalateAt, now)}`,
  ];
  return {
    mark,
    words: mark === 'escalated' ? passedOn : mark === 'reminded' ? reminded : undefined,
    next:
      mark !== 'escalated' && escalateTo !== undefined && Number.isFinite(escalateAt)
        ? `passed on to ${escalateTo} in ${formatDuration(Math.max(0, escalateAt - now))}`
        : undefined,
  };
}

/** The times of a question in full: when it ends, when it is reminded of, when and to whom it is passed on. */
export function timesOf({ question }: OpenAsk): string {
  const { dueAt, remindAt, escalateTo, escalateAt = remindAt } = question;
  const full = (time: number): string => new Date(time).toLocaleString();
  return [
    dueAt === undefined ? '' : `Due ${full(dueAt)}: then the run goes on without an answer.`,
    remindAt === undefined ? '' : `Reminder ${full(remindAt)}.`,
    escalateTo === undefined || escalateAt === undefined ? '' : `Passed on to ${escalateTo} ${full(escalateAt)}.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const since = (time: number, now: number): string => (time <= now ? ` ${formatDuration(now - time)} ago` : '');

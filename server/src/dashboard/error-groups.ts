import {
  isAtMost,
  normaliseMessage,
  type CauseFigures,
  type ErrorGroup,
  type Journal,
  type LabelLevel,
  type RollupGroup,
} from '@heddle/core';
import { undefinedIf } from '../common/undefined-if.js';
import type { ProjectView } from '../auth/rights/project-view.js';

/** The highest level of messages that are shown beside figures, because many people see dashboards and their exports. */
const mostShown: LabelLevel = 'internal';

const unreadable = ['run_not_found', 'storage_corrupt'] as const;

/**
 * The cause of failures with the message of its newest run, if the caller may read it. The message is read from the run each time, so it
 * disappears with the run.
 */
export async function errorGroupOf(
  { cause, code, node, runs, lastRun, lastAt }: CauseFigures,
  { workflow = '' }: Partial<Pick<RollupGroup, 'workflow'>>,
  journal: Pick<Journal, 'summary' | 'events'>,
  view: Pick<ProjectView, 'showsRun' | 'showsValuesOf'>,
): Promise<ErrorGroup> {
  const group = { cause, code, node, workflow, runs, lastAt };
  const run = await found(() => journal.summary(lastRun));
  if (run === undefined || !view.showsRun(run)) return { ...group, hidden: 'removed' };
  if (!view.showsValuesOf(run)) return { ...group, run: lastRun, hidden: 'right' };
  const events = await found(() => journal.events(lastRun, { after: run.lastSeq - 1, limit: 1, showsLost: true }));
  if (events === undefined) return { ...group, run: lastRun, hidden: 'removed' };
  const [end] = events;
  const label = end?.type === 'run-end' ? end.label?.level : undefined;
  // An error outside a node cannot contain values. If a node's error has no label, an older version recorded it, so it stays hidden.
  const isShown = label === undefined ? node === '' : isAtMost(label, mostShown);
  if (!isShown) return { ...group, run: lastRun, hidden: 'label', label };
  const message = normaliseMessage(run.error?.message ?? '');
  return { ...group, run: lastRun, message, label };
}

/** A run that was removed or is damaged has no message; its figures are still shown. */
const found = <T>(read: () => Promise<T>): Promise<T | undefined> => undefinedIf(unreadable, read);

import {
  isAtMost,
  normaliseMessage,
  toHeddleError,
  type CauseFigures,
  type ErrorGroup,
  type Journal,
  type LabelLevel,
  type RollupGroup,
} from '@heddle/core';
import type { ProjectView } from '../auth/rights/project-view.js';

/** Messages above this level are not shown beside figures: these go to screens and files that many people see. */
const mostShown: LabelLevel = 'internal';

const unreadable: ReadonlySet<string> = new Set(['run_not_found', 'storage_corrupt']);

/**
 * A cause with the message of its newest run, as far as the caller may read it. The message is read from the run each time: it goes when the
 * run goes.
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
  // What fails outside of a node has read no values. A node that failed without a label is of an older version.
  const isShown = label === undefined ? node === '' : isAtMost(label, mostShown);
  if (!isShown) return { ...group, run: lastRun, hidden: 'label', label };
  const message = normaliseMessage(run.error?.message ?? '');
  return { ...group, run: lastRun, message, label };
}

/** A run that was removed or that is damaged has no message; the figures beside it are whole. */
async function found<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (unreadable.has(toHeddleError(error).code)) return undefined;
    throw error;
  }
}

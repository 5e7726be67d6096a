import type { RowEnd } from '@heddle/adapters/replays';
import {
  canonicalJson,
  countReplay,
  isTerminal,
  type Journal,
  type LabelledValue,
  type ReplayRowStatus,
  type RunEvent,
  type RunSummary,
} from '@heddle/core';
import { sidesOf, workOfRun } from './side-of-run.js';

/** Compares a replayed run that has ended or waits with the recorded run. */
export async function endOfRow(journal: Journal, recorded: string, run: string): Promise<RowEnd> {
  const [beforeSummary, afterSummary, beforeEvents, afterEvents] = await Promise.all([
    journal.summary(recorded),
    journal.summary(run),
    journal.events(recorded, { showsLost: true }),
    journal.events(run, { showsLost: true }),
  ]);
  const sides = sidesOf(workOfRun(beforeSummary, beforeEvents), workOfRun(afterSummary, afterEvents));
  const status = statusOf(afterSummary, outputsOf(beforeEvents), outputsOf(afterEvents), beforeSummary);
  const isRegression = beforeSummary.status === 'done' && (status === 'failed' || status === 'would-call');
  const { error } = afterSummary;
  return {
    status,
    isRegression,
    ...sides,
    effects: countReplay(afterEvents),
    ...(error === undefined || status !== 'would-call' ? {} : { why: targetOf(error.details) }),
  };
}

/** Reads the outputs of a run that has ended. */
export function outputsOf(events: readonly RunEvent[]): Readonly<Record<string, LabelledValue>> {
  const end = events.findLast((event) => event.type === 'run-end');
  return end?.type === 'run-end' ? (end.outputs ?? {}) : {};
}

function statusOf(
  after: RunSummary,
  outputsBefore: Readonly<Record<string, LabelledValue>>,
  outputsAfter: Readonly<Record<string, LabelledValue>>,
  before: RunSummary,
): ReplayRowStatus {
  if (!isTerminal(after.status)) return 'suspended';
  if (after.error?.code === 'replay_would_call') return 'would-call';
  if (after.status !== 'done') {
    const isAsBefore = before.status === after.status && before.error?.code === after.error?.code;
    return isAsBefore ? 'same' : 'failed';
  }
  return before.status === 'done' && textOf(outputsBefore) === textOf(outputsAfter) ? 'same' : 'changed';
}

const textOf = (outputs: Readonly<Record<string, LabelledValue>>): string =>
  canonicalJson(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])));

function targetOf(details: unknown): string {
  const target = typeof details === 'object' && details !== null && 'target' in details ? details.target : undefined;
  return typeof target === 'string' ? target : 'an effect that was never recorded';
}

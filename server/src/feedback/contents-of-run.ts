import { createRunState, foldRun, type Journal, type Label } from '@heddle/core';
import { idempotencyKey } from '@heddle/engine';
import { plainValues } from '../common/plain-values.js';
import { labelOfRun } from '../datasets/label-of-run.js';

export type RunJournal = Pick<Journal, 'events' | 'acceptance' | 'summary'>;

export interface RunContents {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The strictest label of all values. If values were removed, the strictest label that is left. */
  readonly label: Label;
  /** The keys of the messages that the run wrote into conversations. */
  readonly batches: readonly string[];
}

/** Errors: `run_not_found`. */
export async function contentsOfRun(journal: RunJournal, runId: string): Promise<RunContents> {
  const { valuesRemovedAt } = await journal.summary(runId);
  const [{ inputs, rootId }, events] = await Promise.all([
    journal.acceptance(runId),
    journal.events(runId, { showsLost: true }),
  ]);
  const state = createRunState(runId);
  const paths = new Set<string>();
  for (const event of events) {
    foldRun(state, event);
    // The step with which a memory node writes.
    if (event.type === 'node-step' && event.key === 'append') paths.add(event.path);
  }
  return {
    inputs: plainValues(inputs),
    outputs: plainValues(state.outputs ?? {}),
    label: valuesRemovedAt === undefined ? labelOfRun(state, inputs) : strictest,
    batches: [...paths].map((path) => idempotencyKey(rootId, path, 'append')),
  };
}

const strictest: Label = { level: 'restricted', marks: [] };

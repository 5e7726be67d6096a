import { createRunState, foldRun, type Journal, type Label, type LabelledValue } from '@heddle/core';
import { idempotencyKey } from '@heddle/engine';
import { labelOfRun } from '../datasets/label-of-run.js';

/** What runs are read from. */
export type RunJournal = Pick<Journal, 'events' | 'acceptance' | 'summary'>;

/** What a run was asked and answered. */
export interface RunContents {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The strictest label of all values; the strictest of all where values were removed. */
  readonly label: Label;
  /** Keys of what it wrote into conversations. */
  readonly batches: readonly string[];
}

type Values = Readonly<Record<string, LabelledValue>>;

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
    // The step of a memory node that writes.
    if (event.type === 'node-step' && event.key === 'append') paths.add(event.path);
  }
  return {
    inputs: valuesOf(inputs),
    outputs: valuesOf(state.outputs ?? {}),
    label: valuesRemovedAt === undefined ? labelOfRun(state, inputs) : strictest,
    batches: [...paths].map((path) => idempotencyKey(rootId, path, 'append')),
  };
}

const strictest: Label = { level: 'restricted', marks: [] };

const valuesOf = (values: Values): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));

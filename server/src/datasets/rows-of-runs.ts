import {
  createRunState,
  DatasetRow,
  foldRun,
  withoutUndefined,
  type DatasetStore,
  type Journal,
  type LabelledValue,
  type RowsFromRunsRequest,
  type RunSummary,
} from '@heddle/core';
import { labelOfRun } from './label-of-run.js';

/** What rows of runs are made from. */
export interface RunSources {
  readonly journal: Pick<Journal, 'events' | 'acceptance'>;
  readonly datasets: Pick<DatasetStore, 'remember'>;
}

/** One row a run, read one after the other. A run whose values were removed gives none. */
export async function* rowsOfRuns(
  { journal, datasets }: RunSources,
  runs: readonly RunSummary[],
  { split, tags }: Pick<RowsFromRunsRequest, 'split' | 'tags'>,
): AsyncGenerator<DatasetRow, void, void> {
  for (const { runId, valuesRemovedAt } of runs) {
    if (valuesRemovedAt !== undefined) continue;
    const [acceptance, events] = await Promise.all([journal.acceptance(runId), journal.events(runId)]);
    const { inputs } = acceptance;
    const state = createRunState(runId);
    for (const event of events) foldRun(state, event);
    const outputs = valuesOf(state.outputs ?? {});
    const [only, ...others] = Object.values(outputs);
    const expected = others.length === 0 ? only : outputs;
    const label = labelOfRun(state, inputs).level;
    const thread = acceptance.caller?.thread;
    // Known before the row is: an erasure between the two finds it.
    datasets.remember([{ run: runId, conversations: thread === undefined ? [] : [thread] }]);
    yield DatasetRow.parse(
      withoutUndefined({ id: runId, inputs: valuesOf(inputs), expected, label, run: runId, split, tags }),
    );
  }
}

type Values = Readonly<Record<string, LabelledValue>>;

const valuesOf = (values: Values): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));

import {
  createRunState,
  DatasetRow,
  foldRun,
  withoutUndefined,
  type DatasetStore,
  type FeedbackStore,
  type Journal,
  type RowsFromRunsRequest,
  type RunSummary,
} from '@heddle/core';
import { plainValues } from '../common/plain-values.js';
import { labelOfRun } from './label-of-run.js';

interface RunSources {
  readonly journal: Pick<Journal, 'events' | 'acceptance'>;
  readonly datasets: Pick<DatasetStore, 'remember'>;
  readonly feedback: Pick<FeedbackStore, 'of' | 'totals'>;
}

/** A row, and whether a person corrected its answer. */
export interface RowOfRun {
  readonly row: DatasetRow;
  readonly isCorrected: boolean;
}

/** Makes one row of each run, one after the other. A run whose values were removed gives no row. */
export async function* rowsOfRuns(
  { journal, datasets, feedback }: RunSources,
  runs: readonly RunSummary[],
  { split, tags }: Pick<RowsFromRunsRequest, 'split' | 'tags'>,
): AsyncGenerator<RowOfRun, void, void> {
  for (const { runId, valuesRemovedAt } of runs) {
    if (valuesRemovedAt !== undefined) continue;
    const [acceptance, events] = await Promise.all([journal.acceptance(runId), journal.events(runId)]);
    const { inputs } = acceptance;
    const state = createRunState(runId);
    for (const event of events) foldRun(state, event);
    const outputs = plainValues(state.outputs ?? {});
    const label = labelOfRun(state, inputs).level;
    const thread = acceptance.caller?.thread;
    // The link to the run is stored before the row, so that an erasure in between finds the row.
    await datasets.remember([{ run: runId, conversations: thread === undefined ? [] : [thread] }]);
    const { expected, isCorrected } = await expectedOf(runId, outputs, feedback);
    yield {
      row: DatasetRow.parse(
        withoutUndefined({ id: runId, inputs: plainValues(inputs), expected, label, run: runId, split, tags }),
      ),
      isCorrected,
    };
  }
}

/** The newest correction by a person, else the answer of the run. If people rated the answer badly, there is no expected answer. */
async function expectedOf(
  runId: string,
  outputs: Readonly<Record<string, unknown>>,
  feedback: RunSources['feedback'],
): Promise<{ readonly expected: unknown; readonly isCorrected: boolean }> {
  const names = Object.keys(outputs);
  const whole = (values: Readonly<Record<string, unknown>>): unknown =>
    names.length === 1 ? Object.values(values)[0] : values;
  const given = await feedback.of(runId);
  const said = given.find(
    ({ correction, message }) => correction !== undefined && (message === '' || names.includes(message)),
  );
  if (said !== undefined) {
    const { correction, message } = said;
    return { expected: message === '' ? correction : whole({ ...outputs, [message]: correction }), isCorrected: true };
  }
  const { mean = 1 } = (await feedback.totals([runId])).get(runId) ?? {};
  return { expected: mean < 0.5 ? undefined : whole(outputs), isCorrected: false };
}

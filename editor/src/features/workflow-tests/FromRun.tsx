import type { WorkflowTest } from '@heddle/core';
import type { ReactElement } from 'react';
import { Notice } from '../../ui/states/Notice.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { RunChoices } from './RunChoices.js';
import { testOfRun } from './test-of-run.js';

/** Creates a test from a run of the workflow. */
export function FromRun({
  workflow,
  onMade,
  onClose,
}: {
  readonly workflow: string;
  readonly onMade: (test: WorkflowTest) => void;
  readonly onClose: () => void;
}): ReactElement {
  const action = useAction();
  const make = (runId: string): void => action.run(async () => onMade(await readTestOfRun(runId)));
  return (
    <Dialog title="Create test from run" onClose={onClose}>
      <div className="dialog-form">
        <p className="quiet">
          The test expects the outputs of the run. Change afterwards what it should check strictly.
        </p>
        {action.error === undefined ? null : <Notice error={action.error} />}
        <RunChoices workflow={workflow} isBusy={action.isBusy} onChoose={make} />
      </div>
    </Dialog>
  );
}

/** Makes a test from a run. Rejects with an ApiError. */
export async function readTestOfRun(runId: string): Promise<WorkflowTest> {
  const [run, { inputs }] = await Promise.all([
    client.GET('/api/runs/{id}', { params: { path: { id: runId } } }),
    client.GET('/api/runs/{id}/document', { params: { path: { id: runId } } }),
  ]);
  return testOfRun(`Like run ${runId.slice(0, 8)}`, inputs, run.outputs, run.error?.code);
}

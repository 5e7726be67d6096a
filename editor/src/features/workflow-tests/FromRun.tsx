import type { WorkflowTest } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { Notice } from '../../ui/states/Notice.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { client } from '../../data/api/client.js';
import { useNow } from '../../ui/format/use-now.js';
import { useRuns } from '../runs/index.js';
import { useAction } from '../../data/queries/use-action.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
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
  const [filter] = useState({ workflow, status: ['done', 'failed'] as const });
  const pages = useRuns(filter);
  const action = useAction();
  const now = useNow(false);
  const make = (runId: string): void => action.run(async () => onMade(await readTestOfRun(runId)));
  return (
    <Dialog title="Create test from run" onClose={onClose}>
      <div className="dialog-form">
        <p className="quiet">
          The test expects the outputs of the run. Change afterwards what it should check strictly.
        </p>
        {action.error === undefined ? null : <Notice error={action.error} />}
        <WhenLoaded
          loaded={{ ...pages, value: pages.value?.runs }}
          text="Loading runs…"
          empty="No run of this workflow has ended yet. Run it once, then come back."
        >
          {(runs) => (
            <ul className="rows run-choices">
              {runs.map((run) => (
                <li key={run.runId}>
                  <button
                    type="button"
                    className="row row-button"
                    disabled={action.isBusy}
                    onClick={() => make(run.runId)}
                  >
                    <span className="row-dot" data-status={run.status} aria-hidden />
                    <span className="row-main">
                      <span>
                        {run.status === 'done' ? 'Done' : 'Failed'} · {formatAgo(run.acceptedAt, now)}
                      </span>
                      <span className="quiet mono">{run.runId}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </WhenLoaded>
      </div>
    </Dialog>
  );
}

/** Creates the test of a run. Errors: ApiError. */
export async function readTestOfRun(runId: string): Promise<WorkflowTest> {
  const [run, { inputs }] = await Promise.all([
    client.GET('/api/runs/{id}', { params: { path: { id: runId } } }),
    client.GET('/api/runs/{id}/document', { params: { path: { id: runId } } }),
  ]);
  return testOfRun(`Like run ${runId.slice(0, 8)}`, inputs, run.outputs, run.error?.code);
}

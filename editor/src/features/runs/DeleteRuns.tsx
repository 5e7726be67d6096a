import { isTerminal, type RunSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { client } from '../../data/api/client.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';

/** Deletes ended runs after a confirmation. */
export function DeleteRuns({
  runs,
  onDeleted,
  onClose,
}: {
  readonly runs: readonly RunSummary[];
  /** Called with the deleted runs, also where another deletion was refused. */
  readonly onDeleted: (runIds: readonly string[]) => void;
  readonly onClose: () => void;
}): ReactElement {
  const ended = runs.filter(({ status }) => isTerminal(status));
  const [only] = ended;
  const left = runs.length - ended.length;
  return (
    <Confirm
      title={
        ended.length === 1 && only !== undefined
          ? `Delete this run of ${only.workflowName}?`
          : `Delete ${ended.length} runs?`
      }
      verb={ended.length === 1 ? 'Delete run' : `Delete ${ended.length} runs`}
      isPaused={ended.length === 0}
      onClose={onClose}
      onConfirm={async () => {
        const { gone, problem } = await removeAll(ended.map(({ runId }) => runId));
        onDeleted(gone);
        if (problem !== undefined) throw problem;
        onClose();
      }}
    >
      <p>
        {ended.length === 1 ? 'Its inputs, results and log are' : 'Their inputs, results and logs are'} deleted
        permanently, and rows of datasets that were made from {ended.length === 1 ? 'it' : 'them'}. Their cost and audit
        events stay.
      </p>
      {left === 0 ? null : (
        <p>
          {left === 1 ? '1 run that has not ended stays' : `${left} runs that have not ended stay`}: only ended runs can
          be deleted.
        </p>
      )}
    </Confirm>
  );
}

/** Deletes one run after the other, so that a busy store gets one request at a time; a run that is already deleted counts. */
async function removeAll(
  runIds: readonly string[],
): Promise<{ readonly gone: readonly string[]; readonly problem: ApiError | undefined }> {
  const gone: string[] = [];
  let problem: ApiError | undefined;
  for (const runId of runIds) {
    try {
      await client.DELETE('/api/runs/{id}', { params: { path: { id: runId } } });
      gone.push(runId);
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error.code === 'run_not_found') gone.push(runId);
      else problem ??= error;
      if (error.isUnreachable) break;
    }
  }
  return { gone, problem };
}

import { isTerminal, type RunStatus } from '@heddle/core';
import type { ReactElement } from 'react';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { client } from '../../data/api/client.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { offerUndo } from '../../ui/states/undo-store.js';

/** A run that is to be deleted, as the confirmation shows it. */
export interface RunToDelete {
  readonly runId: string;
  readonly workflowName: string;
  readonly status: RunStatus;
}

/** Deletes ended runs after a confirmation, and offers an undo for 10 seconds. */
export function DeleteRuns({
  runs,
  onDeleted,
  onRestored,
  onClose,
}: {
  readonly runs: readonly RunToDelete[];
  /** Called with the deleted runs, even if others could not be deleted. */
  readonly onDeleted: (runIds: readonly string[]) => void;
  readonly onRestored: () => void;
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
      isDisabled={ended.length === 0}
      onClose={onClose}
      onConfirm={async () => {
        const { gone, problem } = await deleteAll(ended.map(({ runId }) => runId));
        onDeleted(gone);
        const names = ended.filter(({ runId }) => gone.includes(runId)).map(({ workflowName }) => workflowName);
        if (gone.length > 0) offerUndo({ what: namedRuns(names), restore: () => restoreAll(gone), onRestored });
        if (problem !== undefined) throw problem;
        onClose();
      }}
    >
      <p>
        {ended.length === 1 ? 'Its inputs, results and log are' : 'Their inputs, results and logs are'} deleted, and
        rows of datasets that were made from {ended.length === 1 ? 'it' : 'them'}. Their cost and audit events stay. You
        can undo this for 10 seconds.
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

const namedRuns = (names: readonly string[]): string =>
  names.length === 1 ? `the run of “${names[0] ?? ''}”` : `${names.length} runs`;

/**
 * Deletes the runs one after the other, so that a busy store gets only one request at a time. A run that no longer exists counts as
 * deleted.
 */
async function deleteAll(
  runIds: readonly string[],
): Promise<{ readonly gone: readonly string[]; readonly problem: ApiError | undefined }> {
  const gone: string[] = [];
  let problem: ApiError | undefined;
  for (const runId of runIds) {
    try {
      await client.DELETE('/api/runs/{id}', { params: { path: { id: runId }, query: { undo: 'true' } } });
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

/** Restores as many runs as possible, then throws if any could not be restored. */
async function restoreAll(runIds: readonly string[]): Promise<void> {
  let problem: ApiError | undefined;
  let lost = 0;
  for (const id of runIds) {
    try {
      await client.POST('/api/runs/{id}/restore', { params: { path: { id } } });
    } catch (thrown) {
      problem ??= toApiError(thrown);
      lost += 1;
    }
  }
  if (problem === undefined) return;
  if (lost === 1 || lost === runIds.length) throw problem;
  throw new Error(`${lost} of ${runIds.length} runs could not be restored. ${problem.message}`);
}

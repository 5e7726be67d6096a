import { isTerminal, type RunSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { toApiError, type ApiError } from '../../api/http.js';
import { runApi } from '../../run/run-api.js';
import { Confirm } from '../Confirm.js';

/** Asks before runs are deleted, and deletes those that have ended. */
export function DeleteRuns({
  runs,
  onDeleted,
  onClose,
}: {
  readonly runs: readonly RunSummary[];
  /** Hears of those that are gone, also where another one was refused. */
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
      isHeld={ended.length === 0}
      onClose={onClose}
      onConfirm={async () => {
        const { gone, problem } = await removeAll(ended.map(({ runId }) => runId));
        onDeleted(gone);
        if (problem !== undefined) throw problem;
        onClose();
      }}
    >
      <p>
        {ended.length === 1 ? 'Its inputs, results and log are' : 'Their inputs, results and logs are'} gone for good.
        What they cost, and what the audit record says of them, stays.
      </p>
      {left === 0 ? null : (
        <p>{left === 1 ? 'One that has not ended stays' : `${left} that have not ended stay`}: stop it first.</p>
      )}
    </Confirm>
  );
}

/** One after the other, so that a store that is busy is not asked for everything at once; one that is gone already counts. */
async function removeAll(
  runIds: readonly string[],
): Promise<{ readonly gone: readonly string[]; readonly problem: ApiError | undefined }> {
  const gone: string[] = [];
  let problem: ApiError | undefined;
  for (const runId of runIds) {
    try {
      await runApi.remove(runId);
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

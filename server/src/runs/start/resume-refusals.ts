import { HeddleError, type RunAcceptance, type RunSummary } from '@heddle/core';

/** Says what a caller can do with a run that cannot be resumed. */
export function insteadOfResume({ status }: RunSummary): string {
  if (status === 'done') return 'Run it again for a new result.';
  if (status === 'suspended')
    return 'It continues at its time, or after its human input request is answered (heddle inbox).';
  return status === 'paused' ? 'It goes on when its kill switch is released.' : 'It goes on by itself.';
}

/** Errors: `conflict` if retention has deleted the values of the run. */
export function refuseWithoutValues({ runId, valuesRemovedAt }: RunSummary): void {
  if (valuesRemovedAt === undefined) return;
  throw new HeddleError(
    'conflict',
    `The values of run ${runId} were deleted after HEDDLE_KEEP_VALUES_DAYS: start a new run instead.`,
    { details: { runId, valuesRemovedAt } },
  );
}

/**
 * Refuses to continue a replay: its results come from effects that never happened, so no ordinary run may build on them. Errors:
 * `replay_refused`.
 */
export function refuseReplay({ runId, replay }: Pick<RunAcceptance, 'runId' | 'replay'>): void {
  if (replay === undefined) return;
  throw new HeddleError(
    'replay_refused',
    `Run ${runId} had no effects, as a replay or a test: run the workflow, or start another replay.`,
    { details: { runId, of: replay.of ?? null } },
  );
}

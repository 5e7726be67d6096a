import type { KillSwitchStore, StoredKillSwitch, FirstVersions } from '@heddle/adapters/stores';
import { HeddleError, type Journal, type RunAcceptance, type WorkflowStore } from '@heddle/core';
import type { RunPause } from '@heddle/engine';
import type { CallGuard, PlannedCall } from '../calls/call-guard.js';
import type { RunHandles } from '../runs/state/run-handles.js';

/** The pause of a run that a kill switch causes. */
export const pauseOf = ({ target, reason }: StoredKillSwitch): RunPause => ({
  cause: { kind: 'kill-switch', target },
  reason,
});

/** The kill switch that covers a call, or a whole run. */
export function killSwitchOf(
  killSwitches: Pick<KillSwitchStore, 'get'>,
  workflowId: string | undefined,
  call?: Pick<PlannedCall, 'kind' | 'subject' | 'connection'>,
): StoredKillSwitch | undefined {
  return (
    killSwitches.get('all') ??
    (workflowId === undefined ? undefined : killSwitches.get(`workflow:${workflowId}`)) ??
    (call?.connection === undefined ? undefined : killSwitches.get(`connection:${call.connection}`)) ??
    (call?.kind === 'tool'
      ? (killSwitches.get(`tool:${call.subject}`) ?? killSwitches.get(`tool:${call.connection ?? ''}`))
      : undefined)
  );
}

/** The error for what a kill switch refuses. The stored target contains the id of a workflow, so the message needs its name. */
export function stopped({ target, reason }: StoredKillSwitch, workflowName?: string): HeddleError {
  const what = target === 'all' ? 'everything' : target.startsWith('workflow:') ? nameOf(workflowName) : `'${target}'`;
  const release = target.startsWith('workflow:') ? 'under Settings, Kill switches' : `(heddle release ${target})`;
  return new HeddleError(
    'kill_switch',
    `The kill switch for ${what} is on until it is released ${release}: ${reason}`,
    { details: { target } },
  );
}

/** The error for a run that is covered by a kill switch which this process has not read yet. */
export const killSwitchOn = (workflowName: string): HeddleError =>
  new HeddleError('kill_switch', `A kill switch covers ${nameOf(workflowName)}: heddle stop lists what is stopped.`);

const nameOf = (workflowName: string | undefined): string =>
  workflowName === undefined ? 'a workflow that the run uses' : `the workflow '${workflowName}'`;

/** Refuses a run that a kill switch covers, before anything is written to the journal. Errors: `kill_switch`. */
export function refuseKilled(
  killSwitches: Pick<KillSwitchStore, 'get'>,
  run: Pick<RunAcceptance, 'workflowId' | 'workflowName'>,
): void {
  const killSwitch = killSwitchOf(killSwitches, run.workflowId);
  if (killSwitch !== undefined) throw stopped(killSwitch, run.workflowName);
}

/**
 * Refuses a call outside runs that a kill switch covers, such as a model trial, a connection test or the embedding of documents. Errors:
 * `kill_switch`.
 */
export function refuseKilledCall(
  killSwitches: Pick<KillSwitchStore, 'get'>,
  call: Pick<PlannedCall, 'kind' | 'subject' | 'connection'>,
): void {
  const killSwitch = killSwitchOf(killSwitches, undefined, call);
  if (killSwitch !== undefined) throw stopped(killSwitch);
}

/** The ids of the stored workflows that a run may call as sub-workflows. */
type WorkflowsIn = (runId: string) => Promise<readonly string[]>;

/**
 * Reads the sub-workflows from the stored plan of a run. The plan may name a workflow by the slug that it had before its first version. A
 * slug without a workflow is ignored. A slug that another workflow has now counts for both, so that no kill switch is missed.
 */
export function createWorkflowsIn({
  journal,
  workflows,
  firstVersions,
}: {
  readonly journal: Pick<Journal, 'bundle'>;
  readonly workflows: Pick<WorkflowStore, 'get'>;
  readonly firstVersions: Pick<FirstVersions, 'formerly'>;
}): WorkflowsIn {
  return async (runId) => {
    const names = Object.keys((await journal.bundle(runId)).workflows);
    const ids = names.flatMap((name) => [
      workflows.get(name).then(({ id }) => [id], unlessGone),
      firstVersions.formerly(name),
    ]);
    return [...new Set((await Promise.all(ids)).flat())];
  };
}

function unlessGone(error: unknown): readonly string[] {
  if (error instanceof HeddleError && error.code === 'workflow_not_found') return [];
  throw error;
}

/** The kill switch of a sub-workflow. The stored plan is read only if some workflow has a kill switch. */
async function killSwitchWithin(
  killSwitches: Pick<KillSwitchStore, 'get' | 'list'>,
  runId: string,
  workflowsIn: WorkflowsIn,
): Promise<StoredKillSwitch | undefined> {
  if (!killSwitches.list().some(({ target }) => target.startsWith('workflow:'))) return undefined;
  const ids = await workflowsIn(runId);
  return ids.map((id) => killSwitches.get(`workflow:${id}`)).find((killSwitch) => killSwitch !== undefined);
}

/** Refuses each call that a kill switch covers. The run is paused and the execution aborted; it starts again after the release. */
export function createKillSwitchGuard(
  killSwitches: Pick<KillSwitchStore, 'get' | 'list'>,
  runs: Pick<RunHandles, 'pause'>,
  workflowsIn: WorkflowsIn,
): CallGuard {
  return {
    async admit(call, scope) {
      const killSwitch =
        killSwitchOf(killSwitches, scope.run.workflowId, call) ??
        (await killSwitchWithin(killSwitches, scope.runId, workflowsIn));
      if (killSwitch === undefined) return undefined;
      if (runs.pause(scope.runId, pauseOf(killSwitch))) await aborted(scope.signal);
      throw stopped(killSwitch);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

import type { StopStore, StoredStop, FirstVersions } from '@heddle/adapters/stores';
import { HeddleError, type Journal, type RunAcceptance, type WorkflowStore } from '@heddle/core';
import type { CallGuard, PlannedCall } from '../calls/call-guard.js';

/** How the reason of a held run begins that a stop holds; its release finds the run by it. */
export const heldBy = (target: string): string => `stop ${target}:`;

/** The stop that covers a call, or what a run does at all. */
export function stopOf(
  stops: Pick<StopStore, 'get'>,
  workflowId: string | undefined,
  call?: Pick<PlannedCall, 'kind' | 'subject' | 'connection'>,
): StoredStop | undefined {
  return (
    stops.get('all') ??
    (workflowId === undefined ? undefined : stops.get(`workflow:${workflowId}`)) ??
    (call?.connection === undefined ? undefined : stops.get(`connection:${call.connection}`)) ??
    (call?.kind === 'tool'
      ? (stops.get(`tool:${call.subject}`) ?? stops.get(`tool:${call.connection ?? ''}`))
      : undefined)
  );
}

/** The error of what a stop does not let happen. */
export function stopped(stop: StoredStop): HeddleError {
  return new HeddleError(
    'stopped',
    `The emergency stop '${stop.target}' is on, until somebody releases it (heddle release ${stop.target}): ${stop.reason}`,
    { details: { target: stop.target } },
  );
}

/** Refuses an acceptance that a stop covers: for the journal, before anything is written. */
export function refuseStopped(stops: Pick<StopStore, 'get'>, run: Pick<RunAcceptance, 'workflowId'>): void {
  const stop = stopOf(stops, run.workflowId);
  if (stop !== undefined) throw stopped(stop);
}

/** Refuses a call outside of any run that a stop covers: trials of models, tests of connections, documents that are embedded. */
export function refuseStoppedCall(
  stops: Pick<StopStore, 'get'>,
  call: Pick<PlannedCall, 'kind' | 'subject' | 'connection'>,
): void {
  const stop = stopOf(stops, undefined, call);
  if (stop !== undefined) throw stopped(stop);
}

/** Ids of the stored workflows that a run may run as steps of its own. */
export type WorkflowsIn = (runId: string) => Promise<readonly string[]>;

/**
 * Reads them from what the run was accepted with, where a workflow may have the slug that it had before its first version. A name that
 * nobody has any more is left out; one that somebody else has by now counts for both, as a stop must not miss.
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

/** A workflow that is stopped has no effect as a step of another one either. It is looked up only while a workflow is stopped. */
async function stopWithin(
  stops: Pick<StopStore, 'get' | 'list'>,
  runId: string,
  workflowsIn: WorkflowsIn,
): Promise<StoredStop | undefined> {
  if (!stops.list().some(({ target }) => target.startsWith('workflow:'))) return undefined;
  const ids = await workflowsIn(runId);
  return ids.map((id) => stops.get(`workflow:${id}`)).find((stop) => stop !== undefined);
}

/**
 * Lets no call through that a stop covers: its run is held as it is, and the call is made when the stop is released. The node learns
 * nothing of it, as its execution is given up and begins again then.
 */
export function createStopGuard(
  stops: Pick<StopStore, 'get' | 'list'>,
  hold: (runId: string, reason: string) => boolean,
  workflowsIn: WorkflowsIn,
): CallGuard {
  return {
    async admit(call, scope) {
      const stop = stopOf(stops, scope.run.workflowId, call) ?? (await stopWithin(stops, scope.runId, workflowsIn));
      if (stop === undefined) return undefined;
      if (hold(scope.runId, `${heldBy(stop.target)} ${stop.reason}`)) await aborted(scope.signal);
      throw stopped(stop);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

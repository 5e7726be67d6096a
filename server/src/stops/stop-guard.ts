import type { StopStore, StoredStop } from '@heddle/adapters/journal';
import { HeddleError, type RunAcceptance } from '@heddle/core';
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
  return new HeddleError('stopped', `The emergency stop '${stop.target}' is on: ${stop.reason}`, {
    details: { target: stop.target },
  });
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

/**
 * Lets no call through that a stop covers: its run is held as it is, and the call is made when the stop is released. The node learns
 * nothing of it, as its execution is given up and begins again then.
 */
export function createStopGuard(
  stops: Pick<StopStore, 'get'>,
  hold: (runId: string, reason: string) => boolean,
): CallGuard {
  return {
    async admit(call, scope) {
      const stop = stopOf(stops, scope.run.workflowId, call);
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

import { localPrincipal, RunReply, RunSummary, type ShownRequest, type StreamEvent } from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import type { Caller } from './http-call.js';
import { followEvents } from './read-event-stream.js';

/** What to run: a stored workflow or a document. */
export type RunTarget =
  | { readonly workflow: string }
  | { readonly document: unknown; readonly fixtures?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

/** Starts a run and returns its id. */
export async function startRun(
  { api }: Caller,
  target: RunTarget,
  inputs: Readonly<Record<string, unknown>>,
): Promise<string> {
  const query = { trigger: 'cli' } as const;
  const { runId } = await ('workflow' in target
    ? api.POST('/api/workflows/{id}/runs', { params: { path: { id: target.workflow }, query }, body: { inputs } })
    : api.POST('/api/runs', {
        params: { query },
        body: { inputs, document: target.document, fixtures: target.fixtures },
      }));
  return runId;
}

/** A run with its nodes and outputs. */
export const readRun = ({ api }: Caller, runId: string): Promise<RunReply> =>
  api.GET('/api/runs/{id}', { params: { path: { id: runId } } });

/** Requests that a run be cancelled. */
export const requestCancellation = ({ api }: Caller, runId: string): Promise<RunSummary> =>
  api.POST('/api/runs/{id}/cancel', { params: { path: { id: runId } }, body: { by: localPrincipal.id } });

/** The open human input requests of one run or of all runs. */
export async function readRequests(
  { api }: Caller,
  { runId, assignee }: { readonly runId?: string; readonly assignee?: string },
): Promise<readonly ShownRequest[]> {
  return (await api.GET('/api/human-inputs', { params: { query: { run: runId, assignee } } })).requests;
}

/** Follows the events of a run until it has ended or waits for a person. */
export function followRunEvents(
  caller: Caller,
  runId: string,
  onEvents: (events: readonly StreamEvent[]) => void,
): Promise<void> {
  const open = (seq: number): Promise<Response> =>
    caller.request('GET', addressOf('/api/runs/{id}/events', { path: { id: runId } }), {
      headers: { 'last-event-id': String(seq) },
    });
  const isAtRest = async (): Promise<boolean> => {
    const { status } = await readRun(caller, runId);
    return status === 'suspended' ? (await readRequests(caller, { runId })).length > 0 : status === 'paused';
  };
  return followEvents(open, isAtRest, onEvents);
}

/** How many runs one reply of the server may contain. */
const mostRuns = 1000;

export async function latestRuns({ api }: Caller, limit: number): Promise<readonly RunSummary[]> {
  const runs: RunSummary[] = [];
  let before: string | undefined;
  while (runs.length < limit) {
    const query = { limit: Math.min(mostRuns, limit - runs.length), before };
    const page = await api.GET('/api/runs', { params: { query } });
    runs.push(...page.runs);
    if (page.next === undefined) break;
    before = page.next;
  }
  return runs;
}

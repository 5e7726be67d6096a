import {
  AcceptedReply,
  HumanInputsReply,
  localPrincipal,
  RunReply,
  RunsReply,
  RunSummary,
  type ShownRequest,
  type StreamEvent,
} from '@heddle/core';
import type { Caller } from './http-call.js';
import { apiPath, queryString } from './api-path.js';
import { followEvents } from './read-event-stream.js';

/** What to run: a stored workflow, or a document. */
export type RunTarget = { readonly workflow: string } | { readonly document: unknown };

/** Starts a run and gives its id. */
export async function startRun(
  { call }: Caller,
  target: RunTarget,
  inputs: Readonly<Record<string, unknown>>,
): Promise<string> {
  const path = 'workflow' in target ? apiPath('workflows', target.workflow, 'runs') : apiPath('runs');
  const document = 'document' in target ? target.document : undefined;
  return (await call(AcceptedReply, 'POST', `${path}?trigger=cli`, { inputs, document })).runId;
}

/** A run with its nodes and outputs. */
export const readRun = ({ call }: Caller, runId: string): Promise<RunReply> =>
  call(RunReply, 'GET', apiPath('runs', runId));

/** Asks a run to end. */
export const askToCancel = ({ call }: Caller, runId: string): Promise<RunSummary> =>
  call(RunSummary, 'POST', apiPath('runs', runId, 'cancel'), { by: localPrincipal.id });

/** The open questions to people, of one run or of all. */
export async function readRequests(
  { call }: Caller,
  { runId, assignee }: { readonly runId?: string; readonly assignee?: string },
): Promise<readonly ShownRequest[]> {
  const query = queryString({ run: runId, assignee });
  return (await call(HumanInputsReply, 'GET', `/api/human-inputs${query}`)).requests;
}

/** Follows the events of a run, until it has ended or waits for a person. */
export function followRunEvents(
  caller: Caller,
  runId: string,
  onEvents: (events: readonly StreamEvent[]) => void,
): Promise<void> {
  const open = (seq: number): Promise<Response> =>
    caller.request('GET', apiPath('runs', runId, 'events'), { headers: { 'last-event-id': String(seq) } });
  const isAtRest = async (): Promise<boolean> => {
    const { status } = await readRun(caller, runId);
    return status === 'suspended' ? (await readRequests(caller, { runId })).length > 0 : status === 'paused';
  };
  return followEvents(open, isAtRest, 0, onEvents);
}

/** The most runs in one reply of the server. */
const mostRuns = 1000;

/** The latest runs, newest first. */
export async function latestRuns({ call }: Caller, limit: number): Promise<readonly RunSummary[]> {
  const runs: RunSummary[] = [];
  let before: string | undefined;
  while (runs.length < limit) {
    const query = queryString({ limit: Math.min(mostRuns, limit - runs.length), before });
    const page = await call(RunsReply, 'GET', `/api/runs${query}`);
    runs.push(...page.runs);
    if (page.next === undefined) break;
    before = page.next;
  }
  return runs;
}

import { isTerminal, type RunSummary } from '@heddle/core';
import type { CallToolResult, InputRequests } from '@modelcontextprotocol/server';

/** The facts of a task that clients see. A type alias, because a result of the protocol is an open object, which an interface cannot be. */
// oxlint-disable-next-line typescript/consistent-type-definitions -- see above
type TaskFacts = {
  readonly taskId: string;
  readonly statusMessage?: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  /** Always null: the project decides how long runs are kept, and clients do not learn that. */
  readonly ttlMs: null;
  readonly pollIntervalMs: number;
};

/** The reply to a call that became a task. The library's types require `content`, which is not sent. */
export type CreatedTask = TaskFacts & { readonly resultType: 'task'; readonly status: 'working'; content: [] };

/** The present state of a task. */
export type DetailedTask = TaskFacts &
  (
    | { readonly status: 'working' | 'cancelled' }
    | { readonly status: 'input_required'; readonly inputRequests: InputRequests }
    | { readonly status: 'completed'; readonly result: CallToolResult }
  );

const pollIntervalMs = 1_000;
/** A person takes longer than a model, so clients poll less often. */
const pollPersonMs = 5_000;

function factsOf({ runId, acceptedAt, endedAt }: RunSummary, waits: boolean): TaskFacts {
  return {
    taskId: runId,
    createdAt: new Date(acceptedAt).toISOString(),
    lastUpdatedAt: new Date(endedAt ?? acceptedAt).toISOString(),
    ttlMs: null,
    pollIntervalMs: waits ? pollPersonMs : pollIntervalMs,
  };
}

/** The reply to a call whose run continues as a task. */
export const createdTask = (summary: RunSummary): CreatedTask => ({
  resultType: 'task',
  status: 'working',
  content: [],
  ...factsOf(summary, false),
});

export const isCreatedTask = (result: object): result is CreatedTask =>
  'resultType' in result && result.resultType === 'task';

/** What a run waits for: answers of the client, or somebody or something else. */
export type TaskWaits = { readonly inputRequests: InputRequests } | { readonly elsewhere: string };

/** Describes a run as a task. A failed run completes its task with a result that says so: only protocol errors fail a task. */
export async function taskOf(
  summary: RunSummary,
  waits: () => Promise<TaskWaits | undefined>,
  result: () => Promise<CallToolResult>,
): Promise<DetailedTask> {
  if (summary.status === 'cancelled') return { ...factsOf(summary, false), status: 'cancelled' };
  if (isTerminal(summary.status)) return { ...factsOf(summary, false), status: 'completed', result: await result() };
  const now = await waits();
  const facts = factsOf(summary, now !== undefined);
  if (now === undefined) return { ...facts, status: 'working' };
  if ('elsewhere' in now) return { ...facts, status: 'working', statusMessage: now.elsewhere };
  return { ...facts, status: 'input_required', inputRequests: now.inputRequests };
}

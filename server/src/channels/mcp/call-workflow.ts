import { HeddleError, isPlainObject, steadySource, toHeddleError, type TraceContext } from '@heddle/core';
import {
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type InputRequiredResult,
} from '@modelcontextprotocol/server';
import { endUserGroupsOf, endUserOf } from '../../auth/end-user.js';
import { threadOf } from '../../publishing/ab/thread-of.js';
import type { RunService } from '../../runs/run.service.js';
import { pauseFor } from '../../runs/state/pause-for.js';
import { followRun, sourcesOf, type Follow } from '../follow-run.js';
import type { PublishedWorkflow } from '../published.js';
import { answerCaller, askCaller, readRequestState, type RequestState } from './ask-caller.js';
import type { McpCaller } from './mcp-caller.js';
import type { McpSources } from './mcp-sources.js';
import { ownRun } from './tasks/own-run.js';
import { createdTask, type CreatedTask } from './tasks/task-of.js';
import { threadMeta, threadOfCall } from './thread-of-call.js';

/** The parts of a tool call besides its arguments. */
export interface ToolCall {
  readonly signal: AbortSignal;
  /** The `_meta` of the call. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  /** The trace of the call from its `_meta`, otherwise from the HTTP request. */
  readonly trace: TraceContext | undefined;
  /** The state that the client sends back with the answer to a question. */
  readonly state: string | undefined;
  readonly responses: Readonly<Record<string, unknown>> | undefined;
  /** Whether the client can ask its user (elicitation with forms). */
  readonly canAskUser: boolean;
  /** Whether the client accepts a task instead of a result if the call takes long. */
  readonly acceptsTasks: boolean;
  reportProgress(progress: number, message: string): Promise<void>;
}

/** How long a client that accepts tasks waits for the result. */
const taskAfterMs = 1_000;

/**
 * Runs a workflow for a tool call. If the call takes long and the client accepts tasks, it becomes a task, and its run continues. Errors:
 * `tool_unknown`, those of the start and of the run.
 */
export async function callWorkflow(
  slug: string,
  inputs: Readonly<Record<string, unknown>>,
  sources: McpSources,
  caller: McpCaller,
  call: ToolCall,
): Promise<CallToolResult | InputRequiredResult | CreatedTask> {
  const { published, runs } = sources;
  const { principal, credentials } = caller;
  const onBehalfOf = endUserOf(credentials.headers);
  const thread = threadOfCall(call.meta, credentials.headers);
  const asking = { endUser: onBehalfOf, thread: thread ?? threadOf(inputs) };
  const asked = await continuedCall(call.state, sources, caller);
  const known = await published.find(slug, principal, { ...asking, version: asked?.version });
  if (known === undefined) throw toolUnknown(slug);
  await checkVisible(known, sources, caller);
  const { version, test, replyClearance } = known;
  const answered = new Set<string>();
  let runId: string;
  if (asked === undefined) {
    const by = { principal, onBehalfOf, endUserGroups: endUserGroupsOf(credentials.headers) };
    ({ runId } = await published.start({
      slug,
      version,
      test,
      inputs,
      ...by,
      channel: 'mcp',
      trace: call.trace,
      thread,
    }));
  } else {
    ({ runId } = asked);
    if (asked.workflowId !== undefined && asked.workflowId !== known.workflowId) throw noSuchCall();
    const reply = await answerCaller(asked, call.responses, sources, caller);
    if (reply === 'answered') answered.add(asked.requestId);
    else if (reply !== 'no answer') return reply;
  }
  for (;;) {
    let waiting: readonly string[] = [];
    try {
      const follow = { answered, onWaiting: (requests: readonly string[]) => void (waiting = requests) };
      const result = await resultOfRun(runId, known, sources, caller, call, follow);
      return result ?? createdTask(await runs.summary(runId));
    } catch (error) {
      if (waiting.length === 0) throw error;
    }
    if (call.acceptsTasks) return createdTask(await runs.summary(runId));
    const reply = await askCaller({ runId, replyClearance, canAskUser: call.canAskUser }, sources, caller, call.signal);
    if (reply !== undefined) return reply;
    for (const request of waiting) answered.add(request);
  }
}

/** The run that a call continues, which this caller must have started. Errors: those of the protocol. */
async function continuedCall(
  state: string | undefined,
  { runs }: McpSources,
  caller: McpCaller,
): Promise<
  (RequestState & { readonly version: number | undefined; readonly workflowId: string | undefined }) | undefined
> {
  if (state === undefined) return undefined;
  const asked = readRequestState(state);
  if (asked === undefined) throw noSuchCall();
  const own = await ownRun(runs, asked.runId, caller);
  if (own === undefined || (await runs.request(asked.runId, asked.requestId)) === undefined) throw noSuchCall();
  return { ...asked, version: own.version, workflowId: own.workflowId };
}

/** The protocol error for a state that does not belong to this caller or was changed. */
const noSuchCall = (): ProtocolError =>
  new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    'The answer belongs to no call of this tool by this caller: call the tool again.',
  );

/** The error for a tool that does not exist or that the caller may not see. */
const toolUnknown = (name: string): HeddleError =>
  new HeddleError('tool_unknown', `Unknown tool: ${name.slice(0, 80)}`);

/**
 * Checks that the caller may run a workflow. A hidden workflow gets the same error as one that does not exist. Errors: `tool_unknown`,
 * `forbidden`.
 */
export async function checkVisible(
  { slug, workflowId }: PublishedWorkflow,
  { callers }: McpSources,
  { principal }: McpCaller,
): Promise<void> {
  try {
    await callers.checkMayRun(principal, workflowId);
  } catch (error) {
    throw toHeddleError(error).code === 'not_found' ? toolUnknown(slug) : error;
  }
}

/**
 * Follows a run to its end. Cancels the run if the caller disconnects or loses the right to its reply. Returns undefined if the run
 * continues as a task.
 */
async function resultOfRun(
  runId: string,
  { plan, replyClearance, workflowId }: PublishedWorkflow,
  { callers, rights, runs, hub, clock }: McpSources,
  { principal, credentials }: McpCaller,
  call: Pick<ToolCall, 'signal' | 'acceptsTasks' | 'reportProgress'>,
  follow: Pick<Follow, 'answered' | 'onWaiting'>,
): Promise<CallToolResult | undefined> {
  const lost = new AbortController();
  const late = new AbortController();
  const time = steadySource(clock);
  const stopTimer = call.acceptsTasks ? time.at(time.now() + taskAfterMs, () => late.abort()) : () => undefined;
  const stop = rights.watch({
    principal,
    credentials,
    check: (now) => callers.checkMayRun(now, workflowId),
    onLost: (error) => lost.abort(error),
  });
  const signal = AbortSignal.any([call.signal, lost.signal, late.signal]);
  let progress = 0;
  try {
    for await (const part of followRun({ ...sourcesOf(hub, runs), ...follow, runId, plan, replyClearance, signal })) {
      if (part.type === 'result') return await resultOf(part.outputs, runs, runId);
      progress += part.delta.length;
      await call.reportProgress(progress, part.delta);
    }
  } catch (error) {
    if (lost.signal.aborted) await cancelRun(runs, runId, principal.id, 'The caller may no longer receive it.');
    else if (call.signal.aborted) await cancelRun(runs, runId, principal.id, 'The caller cancelled the call.');
    else if (late.signal.aborted || (call.acceptsTasks && runs.leaving.aborted)) return undefined;
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    stop();
    stopTimer();
  }
  throw new HeddleError('stream_incomplete', `The run ${runId} ended without a result.`);
}

/** The tool result of a run that has ended. Errors: as `callWorkflow`. */
export async function finishedRun(
  runId: string,
  known: PublishedWorkflow,
  sources: McpSources,
  caller: McpCaller,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const call = { signal, acceptsTasks: false, reportProgress: () => Promise.resolve() };
  // The run has ended, so none of its questions is open.
  const result = await resultOfRun(runId, known, sources, caller, call, { answered: { has: () => true } });
  if (result === undefined) throw new HeddleError('stream_incomplete', `The run ${runId} has no result yet.`);
  return result;
}

/** Cancels a run. If it has already ended, nothing happens. */
export async function cancelRun(runs: RunService, runId: string, by: string, reason: string): Promise<void> {
  try {
    await runs.cancel(runId, by, reason);
  } catch (error) {
    if (toHeddleError(error).code !== 'run_terminal') throw error;
  }
}

/**
 * A single text output is returned as text. Other outputs are returned as JSON. Programs find all outputs under `structuredContent` too.
 */
async function resultOf(
  outputs: Readonly<Record<string, unknown>>,
  runs: Pick<RunService, 'summary'>,
  runId: string,
): Promise<CallToolResult> {
  const [only, ...more] = Object.values(outputs);
  await pauseFor(outputs);
  const text = typeof only === 'string' && more.length === 0 ? only : JSON.stringify(outputs);
  // The message contains the outputs twice, so they are serialised again when it is sent.
  await pauseFor(outputs);
  return {
    content: [{ type: 'text', text }],
    ...(isPlainObject(outputs) ? { structuredContent: { ...outputs } } : {}),
    ...(await threadMeta(runs, runId)),
  };
}

/** Turns the error of a run into a tool result, so that a model reads it. */
export function failedResult(error: { readonly code: string; readonly message: string }): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: `${error.code}: ${error.message}` }] };
}

import { endUserSubject, HeddleError, isPlainObject, subjectOf, toHeddleError, type TraceContext } from '@heddle/core';
import type { CallToolResult, InputRequiredResult } from '@modelcontextprotocol/server';
import { endUserGroupsOf, endUserOf } from '../../auth/end-user.js';
import { threadOf } from '../../publishing/ab/thread-of.js';
import type { RunService } from '../../runs/run.service.js';
import { pauseFor } from '../../runs/state/pause-for.js';
import { followRun, sourcesOf, type Follow } from '../follow-run.js';
import type { PublishedWorkflow } from '../published.js';
import { answerCaller, askCaller, askedOf, type Asked } from './ask-caller.js';
import type { McpCaller } from './mcp-caller.js';
import type { McpSources } from './mcp-sources.js';
import { threadMeta, threadOfCall } from './thread-of-call.js';

/** What a call brings, and how it tells. */
export interface ToolCall {
  readonly signal: AbortSignal;
  /** What the client says beside the arguments. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  /** The trace of the call from its `_meta`, or else of the request that brought it. */
  readonly trace: TraceContext | undefined;
  /** What the client sends back with the answer to a question. */
  readonly state: string | undefined;
  readonly responses: Readonly<Record<string, unknown>> | undefined;
  /** Whether the client asks its user (elicitation with forms). */
  readonly asksPeople: boolean;
  tell(progress: number, message: string): Promise<void>;
}

/** Runs a workflow for a call of its tool. Errors: `tool_unknown`, those of the start and of the run. */
export async function callWorkflow(
  slug: string,
  inputs: Readonly<Record<string, unknown>>,
  sources: McpSources,
  caller: McpCaller,
  call: ToolCall,
): Promise<CallToolResult | InputRequiredResult> {
  const { published } = sources;
  const { principal, credentials } = caller;
  const onBehalfOf = endUserOf(credentials.headers);
  const thread = threadOfCall(call.meta, credentials.headers);
  const asking = { endUser: onBehalfOf, thread: thread ?? threadOf(inputs) };
  const asked = await askedIn(call.state, sources, caller);
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
      return await resultOfRun(runId, known, sources, caller, call, follow);
    } catch (error) {
      if (waiting.length === 0) throw error;
    }
    const reply = await askCaller({ runId, replyClearance, asksPeople: call.asksPeople }, sources, caller, call.signal);
    if (reply !== undefined) return reply;
    for (const request of waiting) answered.add(request);
  }
}

/** The run that a call goes on with: one that this caller began, on behalf of the same end user. Errors: `bad_request`. */
async function askedIn(
  state: string | undefined,
  { runs }: McpSources,
  { principal, credentials }: McpCaller,
): Promise<(Asked & { readonly version: number | undefined; readonly workflowId: string | undefined }) | undefined> {
  if (state === undefined) return undefined;
  const asked = askedOf(state);
  if (asked === undefined) throw noSuchCall();
  const summary = await runs.summary(asked.runId).catch(() => undefined);
  const named = endUserOf(credentials.headers);
  const subject = named === undefined ? principal.id : endUserSubject(named);
  const isOwn = summary?.caller?.principal === principal.id && summary.caller.channel === 'mcp';
  if (summary === undefined || !isOwn || subjectOf(summary.caller) !== subject) throw noSuchCall();
  const { version, workflowId } = summary;
  return { ...asked, version, workflowId };
}

const noSuchCall = (): HeddleError =>
  new HeddleError('bad_request', 'The answer belongs to no call of this tool by this caller: call the tool again.');

/** The error of a tool that is not there, or that the caller may not see. */
const toolUnknown = (name: string): HeddleError =>
  new HeddleError('tool_unknown', `Unknown tool: ${name.slice(0, 80)}`);

/** A workflow that is hidden from the caller is answered like one that is not there. Errors: `tool_unknown`, `forbidden`. */
async function checkVisible(
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

/** Follows a run to its end. The run is cancelled where the caller leaves, or loses the right to its reply. */
async function resultOfRun(
  runId: string,
  { plan, replyClearance, workflowId }: PublishedWorkflow,
  { callers, rights, runs, hub }: McpSources,
  { principal, credentials }: McpCaller,
  call: ToolCall,
  follow: Pick<Follow, 'answered' | 'onWaiting'>,
): Promise<CallToolResult> {
  const lost = new AbortController();
  const stop = rights.watch({
    ...{ principal, credentials },
    check: (now) => callers.checkMayRun(now, workflowId),
    onLost: (error) => lost.abort(error),
  });
  const signal = AbortSignal.any([call.signal, lost.signal]);
  let progress = 0;
  try {
    for await (const part of followRun({ ...sourcesOf(hub, runs), ...follow, runId, plan, replyClearance, signal })) {
      if (part.type === 'result') return { ...(await resultOf(part.outputs)), ...(await threadMeta(runs, runId)) };
      progress += part.delta.length;
      await call.tell(progress, part.delta);
    }
  } catch (error) {
    if (lost.signal.aborted) await cancel(runs, runId, principal.id, 'The caller may no longer receive it.');
    else if (call.signal.aborted) await cancel(runs, runId, principal.id, 'The caller cancelled the call.');
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    stop();
  }
  throw new HeddleError('stream_incomplete', `The run ${runId} ended without a result.`);
}

async function cancel(runs: RunService, runId: string, by: string, reason: string): Promise<void> {
  try {
    await runs.cancel(runId, by, reason);
  } catch (error) {
    if (toHeddleError(error).code !== 'run_terminal') throw error;
  }
}

/** A single text output is the answer. Several outputs are sent as JSON, which programs also find under `structuredContent`. */
async function resultOf(outputs: Readonly<Record<string, unknown>>): Promise<CallToolResult> {
  const [only, ...more] = Object.values(outputs);
  await pauseFor(outputs);
  const text = typeof only === 'string' && more.length === 0 ? only : JSON.stringify(outputs);
  // Both are written again with the message.
  await pauseFor(outputs);
  return {
    content: [{ type: 'text', text }],
    ...(isPlainObject(outputs) ? { structuredContent: { ...outputs } } : {}),
  };
}

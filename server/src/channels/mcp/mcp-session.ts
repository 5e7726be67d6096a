import { HeddleError, isPlainObject, toHeddleError, type Clock, type Principal, type TraceContext } from '@heddle/core';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type CallToolResult,
  type ServerNotification,
} from '@modelcontextprotocol/sdk/types.js';
import type { CallerRights } from '../../auth/rights/caller-rights.js';
import type { Credentials } from '../../auth/identity.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import type { RunHub } from '../../live/run-hub.js';
import type { RunService } from '../../runs/run.service.js';
import { pauseFor } from '../../runs/state/pause-for.js';
import { threadOf } from '../../publishing/ab/thread-of.js';
import { parseTraceparent } from '../../tracing/trace-context.js';
import type { ChannelCallers } from '../channel-callers.js';
import { endUserGroupsOf, endUserOf } from '../../auth/end-user.js';
import { followRun, sourcesOf } from '../follow-run.js';
import type { Published } from '../published.js';
import { threadMeta, threadOfCall } from './thread-of-call.js';
import { toolOf, workflowsFor } from './workflow-tools.js';

/** What a session reads and starts. */
export interface McpSources {
  readonly published: Published;
  readonly callers: ChannelCallers;
  readonly rights: CallerRights;
  readonly runs: RunService;
  readonly hub: RunHub;
  readonly ownership: Ownership;
  readonly clock: Clock;
}

export interface McpCaller {
  readonly principal: Principal;
  readonly credentials: Credentials;
}

interface CallExtra {
  readonly signal: AbortSignal;
  readonly progressToken: string | number | undefined;
  /** The trace of the call from its `_meta`, or else of the request that brought it. */
  readonly trace: TraceContext | undefined;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  readonly notify: (notification: ServerNotification) => Promise<void>;
}

/**
 * An MCP server for one caller, who can send other credentials with each call. Its tools are the live workflows that the caller may run.
 */
export function createMcpServer(sources: McpSources, caller: () => McpCaller) {
  // oxlint-disable-next-line typescript/no-deprecated -- its newer interface takes zod schemas; workflows have JSON schemas
  const server = new Server({ name: 'heddle', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, async () => {
    const workflows = await workflowsFor(sources, sources.published, caller().principal);
    return { tools: workflows.map(toolOf) };
  });
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const call: CallExtra = {
      signal: extra.signal,
      progressToken: params._meta?.progressToken,
      meta: params._meta,
      trace:
        parseTraceparent(params._meta?.['traceparent']) ?? parseTraceparent(extra.requestInfo?.headers['traceparent']),
      notify: (notification) => extra.sendNotification(notification),
    };
    try {
      return await callWorkflow(params.name, params.arguments ?? {}, call, sources, caller());
    } catch (error) {
      const { code, message } = toHeddleError(error);
      return { isError: true, content: [{ type: 'text', text: `${code}: ${message}` }] };
    }
  });
  return server;
}

async function callWorkflow(
  slug: string,
  inputs: Readonly<Record<string, unknown>>,
  call: CallExtra,
  sources: McpSources,
  { principal, credentials }: McpCaller,
): Promise<CallToolResult> {
  const { published, callers, rights, runs, hub } = sources;
  const onBehalfOf = endUserOf(credentials.headers);
  const thread = threadOfCall(call.meta, credentials.headers);
  const known = await published.find(slug, principal, { endUser: onBehalfOf, thread: thread ?? threadOf(inputs) });
  if (known === undefined) throw new HeddleError('tool_unknown', `There is no tool '${slug.slice(0, 80)}'.`);
  const { plan, replyClearance, version, test, workflowId } = known;
  const endUserGroups = endUserGroupsOf(credentials.headers);
  const start = { slug, version, test, inputs, principal, onBehalfOf, endUserGroups, channel: 'mcp', trace: call.trace, thread };
  const { runId } = await published.start(start);
  const lost = new AbortController();
  const stop = rights.watch({
    ...{ principal, credentials },
    check: (now) => callers.checkMayRun(now, workflowId),
    onLost: (error) => lost.abort(error),
  });
  const signal = AbortSignal.any([call.signal, lost.signal]);
  let progress = 0;
  try {
    for await (const part of followRun({ ...sourcesOf(hub, runs), runId, plan, replyClearance, signal })) {
      if (part.type === 'result') return { ...(await resultOf(part.outputs)), ...(await threadMeta(runs, runId)) };
      progress += part.delta.length;
      if (call.progressToken !== undefined)
        await call.notify({
          method: 'notifications/progress',
          params: { progressToken: call.progressToken, progress, message: part.delta },
        });
    }
  } catch (error) {
    if (lost.signal.aborted) await cancel(runs, runId, principal, 'The caller may no longer receive it.');
    else if (call.signal.aborted) await cancel(runs, runId, principal, 'The caller cancelled the call.');
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    stop();
  }
  throw new HeddleError('stream_incomplete', `The run ${runId} ended without a result.`);
}

async function cancel(runs: RunService, runId: string, principal: Principal, reason: string): Promise<void> {
  try {
    await runs.cancel(runId, principal.id, reason);
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

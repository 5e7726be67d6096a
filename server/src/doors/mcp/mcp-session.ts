import { HeddleError, isPlainObject, toHeddleError, type Principal } from '@heddle/core';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type CallToolResult,
  type ServerNotification,
} from '@modelcontextprotocol/sdk/types.js';
import type { Heddle } from '../../heddle/heddle.js';
import { followRun, sourcesOf } from '../follow-run.js';
import type { Published } from '../published.js';
import { workflowTools } from './workflow-tools.js';

/** What the server of one session works with. */
export interface McpParts {
  readonly heddle: Heddle;
  readonly published: Published;
  readonly principal: Principal;
}

interface CallExtra {
  readonly signal: AbortSignal;
  readonly progressToken: string | number | undefined;
  readonly notify: (notification: ServerNotification) => Promise<void>;
}

/** An MCP server for one caller: its tools are the live workflows that the caller may run. */
export function createMcpServer(parts: McpParts) {
  // Its newer face wants each tool's schema as zod; ours are JSON schemas of workflows that come and go.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const server = new Server({ name: 'heddle', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, async () => {
    const tools = await workflowTools(parts.heddle, parts.published, parts.principal);
    return { tools: tools.map(({ tool }) => tool) };
  });
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const call: CallExtra = {
      signal: extra.signal,
      progressToken: params._meta?.progressToken,
      notify: (notification) => extra.sendNotification(notification),
    };
    try {
      return await callWorkflow(params.name, params.arguments ?? {}, call, parts);
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
  { heddle, published, principal }: McpParts,
): Promise<CallToolResult> {
  const known = (await workflowTools(heddle, published, principal)).find(({ tool }) => tool.name === slug);
  if (known === undefined) throw new HeddleError('tool_unknown', `There is no tool '${slug}'.`);
  const { plan, replyCeiling, version } = known.workflow;
  const { runId } = await published.start({ slug, version, inputs, principal, door: 'mcp' });
  let progress = 0;
  try {
    for await (const part of followRun({ ...sourcesOf(heddle), runId, plan, replyCeiling, signal: call.signal })) {
      if (part.type === 'result') return resultOf(part.outputs);
      progress += part.delta.length;
      if (call.progressToken !== undefined)
        await call.notify({
          method: 'notifications/progress',
          params: { progressToken: call.progressToken, progress, message: part.delta },
        });
    }
  } catch (error) {
    if (call.signal.aborted) await heddle.runs.cancel(runId, principal.id, 'The caller cancelled the call.');
    throw error;
  }
  throw new HeddleError('stream_incomplete', `The run ${runId} ended without a result.`);
}

/** One text output is the answer; more are told as JSON, which programs find under `structuredContent` too. */
function resultOf(outputs: Readonly<Record<string, unknown>>): CallToolResult {
  const [only, ...more] = Object.values(outputs);
  const text = typeof only === 'string' && more.length === 0 ? only : JSON.stringify(outputs);
  return {
    content: [{ type: 'text', text }],
    ...(isPlainObject(outputs) ? { structuredContent: { ...outputs } } : {}),
  };
}

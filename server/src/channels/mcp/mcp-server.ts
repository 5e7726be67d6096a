import {
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type CallToolResult,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { toRequestError } from '../../http/errors/error-reply.js';
import { parseTraceparent } from '../../tracing/trace-context.js';
import { asProtocol } from './as-protocol.js';
import { callWorkflow, failedResult } from './call-workflow.js';
import type { Library } from './library/library.js';
import type { McpCaller } from './mcp-caller.js';
import type { McpSources } from './mcp-sources.js';
import { canAskUser, serveTasks, acceptsTasks, tasksExtension, TaskServer } from './tasks/serve-tasks.js';
import type { CreatedTask } from './tasks/task-of.js';
import { toolOf, workflowsFor } from './workflow-tools.js';

/** How many seconds a client may take to get the answer of a person. */
const answerSeconds = 86_400;

/** The server that takes JSON schemas, which workflows have; the newer interface takes those of zod. */
// oxlint-disable-next-line typescript/no-deprecated -- see above
type PlainServer = Server;

/**
 * Creates an MCP server for one caller, who may send other credentials with each call. It serves one request (revision 2026-07-28) or one
 * session (earlier revisions). Tools are the live workflows that the caller may run; resources and prompts come from the library.
 */
export function createMcpServer(sources: McpSources, caller: () => McpCaller): PlainServer {
  const server = new TaskServer(
    { name: 'heddle', title: 'Heddle', version: '1' },
    {
      capabilities: { tools: {}, resources: {}, prompts: {}, extensions: { [tasksExtension]: {} } },
      inputRequired: { roundTimeoutMs: answerSeconds * 1_000 },
    },
  );
  server.setRequestHandler('tools/list', async () => {
    const workflows = await workflowsFor(sources, sources.published, caller().principal);
    return { tools: workflows.map(toolOf) };
  });
  server.setRequestHandler('tools/call', async ({ params }, context) =>
    callTool(params.name, params.arguments ?? {}, { sources, server, caller: caller(), context }),
  );
  serveTasks(server, sources, caller);
  serveLibrary(server, sources.library, caller);
  return server;
}

interface Call {
  readonly sources: McpSources;
  readonly server: PlainServer;
  readonly caller: McpCaller;
  readonly context: ServerContext;
}

/**
 * Calls a tool. Errors of a run are returned as results, so that a model reads them. A tool that the caller does not have is a protocol
 * error.
 */
async function callTool(
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  { sources, server, caller, context }: Call,
): Promise<CallToolResult | InputRequiredResult | CreatedTask> {
  const { mcpReq, http } = context;
  const { progressToken } = mcpReq._meta ?? {};
  try {
    return await callWorkflow(name, inputs, sources, caller, {
      signal: mcpReq.signal,
      meta: mcpReq._meta,
      trace:
        parseTraceparent(mcpReq._meta?.['traceparent']) ??
        parseTraceparent(http?.req?.headers.get('traceparent') ?? undefined),
      state: mcpReq.requestState<string>(),
      responses: mcpReq.inputResponses,
      canAskUser: canAskUser(server),
      acceptsTasks: acceptsTasks(server, context),
      reportProgress: async (progress, message) => {
        if (progressToken === undefined) return;
        const params = { progressToken, progress, message };
        await mcpReq.notify({ method: 'notifications/progress', params });
      },
    });
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown;
    const error = toRequestError(thrown);
    if (error.code === 'tool_unknown') throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message);
    return failedResult(error);
  }
}

function serveLibrary(server: PlainServer, library: Library, caller: () => McpCaller): void {
  server.setRequestHandler('resources/list', () => asProtocol(async () => library.resources(caller())));
  server.setRequestHandler('resources/templates/list', () => library.templates());
  server.setRequestHandler('resources/read', ({ params }) =>
    asProtocol(async () => library.read(caller(), params.uri)),
  );
  server.setRequestHandler('prompts/list', () => asProtocol(async () => library.prompts(caller())));
  server.setRequestHandler('prompts/get', ({ params }) =>
    asProtocol(async () => library.prompt(caller(), params.name, params.arguments ?? {})),
  );
}

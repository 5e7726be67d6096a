import { toHeddleError, type RunSummary } from '@heddle/core';
import {
  inputRequired,
  inputResponse,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type CallToolResult,
  type InputRequest,
  type JSONRPCRequest,
  type Result,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { checkAccess } from '../../../auth/rights/check-access.js';
import { toRequestError } from '../../../http/errors/error-reply.js';
import { answeredElsewhere, isAskedHere, textOfQuestion } from '../../agents/open-questions.js';
import type { PublishedWorkflow } from '../../published.js';
import { asProtocol } from '../as-protocol.js';
import { cancelRun, checkVisible, failedResult, finishedRun } from '../call-workflow.js';
import { formOf } from '../form-of.js';
import type { McpCaller } from '../mcp-caller.js';
import type { McpSources } from '../mcp-sources.js';
import { ownRun } from './own-run.js';
import { isCreatedTask, taskOf, type DetailedTask, type TaskWaits } from './task-of.js';

/** The name of the tasks extension of revision 2026-07-28. */
export const tasksExtension = 'io.modelcontextprotocol/tasks';

// oxlint-disable-next-line typescript/no-deprecated -- the newer interface takes schemas of zod; tools have JSON schemas
type PlainServer = Server;
type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;

/**
 * The library requires that a tool call returns a tool result. Its types leave tasks to extensions, so this class passes a task around that
 * check.
 */
// oxlint-disable-next-line typescript/no-deprecated -- as above
export class TaskServer extends Server {
  protected override _wrapHandler(method: string, handler: Handler): Handler {
    // oxlint-disable-next-line typescript/no-deprecated -- as above
    const check = (inner: Handler): Handler => super._wrapHandler(method, inner);
    if (method !== 'tools/call') return check(handler);
    return async (request, context) => {
      let task: Result | undefined;
      const checked = check(async (given, within) => {
        const result = await handler(given, within);
        if (!isCreatedTask(result)) return result;
        const { content: _none, ...sent } = result;
        task = sent;
        return result;
      });
      const result = await checked(request, context);
      return task ?? result;
    };
  }
}

/** Whether a request may be answered with a task: it uses revision 2026-07-28, and its client declares the extension. */
export function acceptsTasks(server: PlainServer, { mcpReq }: ServerContext): boolean {
  // oxlint-disable-next-line typescript/no-deprecated -- it knows the capabilities of the request
  const { extensions = {} } = server.getClientCapabilities() ?? {};
  return mcpReq.envelope !== undefined && Object.hasOwn(extensions, tasksExtension);
}

/** Whether the client can ask its user (elicitation with forms). */
export function canAskUser(server: PlainServer): boolean {
  // oxlint-disable-next-line typescript/no-deprecated -- it knows the capabilities of both revisions
  const { elicitation } = server.getClientCapabilities() ?? {};
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

const Named = z.object({ taskId: z.string() });

/**
 * Serves calls that became tasks. A task is the run of its call, so it survives what the run survives. A caller can reach only tasks of
 * their own calls, for the same end user, and only while they may run the workflow. Every other id gives the same error.
 */
export function serveTasks(server: PlainServer, sources: McpSources, caller: () => McpCaller): void {
  const own = async (taskId: string, context: ServerContext): Promise<Task> => {
    if (!acceptsTasks(server, context))
      throw new MissingRequiredClientCapabilityError({
        requiredCapabilities: { extensions: { [tasksExtension]: {} } },
      });
    return taskOfCaller(taskId, sources, caller());
  };
  const schemas = { params: Named };
  server.setRequestHandler('tasks/get', schemas, ({ taskId }, context) =>
    asProtocol(async () => detailed(await own(taskId, context), sources, caller(), canAskUser(server), context)),
  );
  server.setRequestHandler('tasks/update', schemas, ({ taskId }, context) =>
    asProtocol(async () => {
      await answer(await own(taskId, context), context.mcpReq.inputResponses ?? {}, sources, caller().principal);
      return {};
    }),
  );
  server.setRequestHandler('tasks/cancel', schemas, ({ taskId }, context) =>
    asProtocol(async () => {
      const { summary } = await own(taskId, context);
      await cancelRun(sources.runs, summary.runId, caller().principal.id, 'The caller cancelled the task.');
      return {};
    }),
  );
}

interface Task {
  readonly summary: RunSummary;
  /** The version of the workflow that the run uses. */
  readonly known: PublishedWorkflow;
}

const noTask = (): ProtocolError =>
  new ProtocolError(ProtocolErrorCode.InvalidParams, 'The caller has no task with this id.');

async function taskOfCaller(taskId: string, sources: McpSources, caller: McpCaller): Promise<Task> {
  const summary = await ownRun(sources.runs, taskId, caller);
  if (summary?.workflowId === undefined) throw noTask();
  const { workflowId, version } = summary;
  try {
    const known = await sources.published.find(workflowId, caller.principal, { version });
    if (known === undefined) throw noTask();
    await checkVisible(known, sources, caller);
    return { summary, known };
  } catch (error) {
    const { code } = toHeddleError(error);
    throw code === 'forbidden' || code === 'tool_unknown' || code === 'version_not_found' ? noTask() : error;
  }
}

function detailed(
  { summary, known }: Task,
  sources: McpSources,
  caller: McpCaller,
  mayAsk: boolean,
  { mcpReq: { signal } }: ServerContext,
): Promise<DetailedTask> {
  const result = async (): Promise<CallToolResult> => {
    try {
      return await finishedRun(summary.runId, known, sources, caller, signal);
    } catch (error) {
      return failedResult(toRequestError(error));
    }
  };
  return taskOf(summary, () => waitsOf({ summary, known }, sources, caller, mayAsk), result);
}

/**
 * What a run waits for; undefined if it continues by itself. A question that the client may answer is returned even while other branches
 * continue. Its text is sent only up to the clearance of replies. The value that the question is about is never sent.
 */
async function waitsOf(
  { summary: { runId }, known }: Task,
  sources: McpSources,
  { principal }: McpCaller,
  mayAsk: boolean,
): Promise<TaskWaits | undefined> {
  const isAtRest = await sources.runs.isAtRest(runId);
  const requests = await sources.runs.requests(runId);
  const asked: Record<string, InputRequest> = {};
  for (const request of requests) {
    const form = formOf(request.question);
    if (!mayAsk || form === undefined || !(await isAskedHere(request, known.replyClearance, principal, sources)))
      continue;
    const message = textOfQuestion(request.question);
    asked[request.requestId] = inputRequired.elicit({ message, requestedSchema: form });
  }
  if (Object.keys(asked).length > 0) return { inputRequests: asked };
  if (!isAtRest) return undefined;
  const [first] = requests;
  if (first === undefined) return { elsewhere: `The run ${runId} is paused and goes on later.` };
  return { elsewhere: answeredElsewhere(runId, first.requestId, sources.publicUrl) };
}

/**
 * Answers the open questions. Answers to other questions are ignored, and a question that the user declines stays open. Errors:
 * `forbidden`, `human_input_invalid`.
 */
async function answer(
  { summary: { runId } }: Task,
  responses: Readonly<Record<string, unknown>>,
  { runs, ownership, clock }: McpSources,
  principal: McpCaller['principal'],
): Promise<void> {
  for (const { requestId } of await runs.requests(runId)) {
    const said = inputResponse(responses, requestId);
    if (said.kind !== 'elicit' || said.action !== 'accept') continue;
    checkAccess(principal, 'human-input:answer', await ownership.resourceOf('run', runId, principal), clock, runId);
    try {
      await runs.answer(runId, requestId, { value: said.content ?? {} }, principal);
    } catch (error) {
      // Somebody else has already answered.
      if (toHeddleError(error).code !== 'human_input_decided') throw error;
    }
  }
}

import { toHeddleError, type LabelLevel } from '@heddle/core';
import {
  inputRequired,
  inputResponse,
  type CallToolResult,
  type InputRequiredResult,
} from '@modelcontextprotocol/server';
import { checkAccess } from '../../auth/rights/check-access.js';
import { inboxLink } from '../../human-inputs/inbox-link.js';
import { answeredElsewhere, isAskedHere, textOfQuestion } from '../agents/open-questions.js';
import { formOf } from './form-of.js';
import type { McpCaller } from './mcp-caller.js';
import type { McpSources } from './mcp-sources.js';

/** A question that was sent to the client. It needs no signature, because all rights are checked again when the answer arrives. */
export interface RequestState {
  readonly runId: string;
  readonly requestId: string;
}

/** Reads the state that a client sends back; undefined if it has another form. */
export function readRequestState(state: string): RequestState | undefined {
  const [runId, requestId, ...more] = state.split(' ');
  return runId === undefined || requestId === undefined || more.length > 0 ? undefined : { runId, requestId };
}

interface WaitingRun {
  readonly runId: string;
  readonly replyClearance: LabelLevel;
  /** Whether the client can ask its user. */
  readonly canAskUser: boolean;
}

/**
 * The reply of a run that waits for a person: the question, if the client can ask its user and the caller may answer; otherwise the run and
 * the page where it can be answered; undefined if somebody has answered meanwhile. The text of a question is sent only up to the clearance
 * of replies. The value that the question is about is never sent.
 */
export async function askCaller(
  { runId, replyClearance, canAskUser }: WaitingRun,
  sources: McpSources,
  caller: McpCaller,
  signal: AbortSignal,
): Promise<CallToolResult | InputRequiredResult | undefined> {
  // The event that the run waits comes before its question is stored.
  await sources.runs.settled(runId, signal);
  const [request] = await sources.runs.requests(runId);
  if (request === undefined) return undefined;
  const { requestId, question } = request;
  const form = formOf(question);
  const isAsked =
    canAskUser && form !== undefined && (await isAskedHere(request, replyClearance, caller.principal, sources));
  if (!isAsked) return elsewhere(runId, requestId, sources);
  return inputRequired({
    inputRequests: { [requestId]: inputRequired.elicit({ message: textOfQuestion(question), requestedSchema: form }) },
    requestState: `${runId} ${requestId}`,
  });
}

/**
 * Answers a question with what the client sends. Returns a result if its user declines. Errors: `forbidden`, `not_found`,
 * `human_input_invalid`.
 */
export async function answerCaller(
  { runId, requestId }: RequestState,
  responses: Readonly<Record<string, unknown>> | undefined,
  sources: McpSources,
  { principal }: McpCaller,
): Promise<CallToolResult | 'answered' | 'no answer'> {
  const { runs, ownership, clock } = sources;
  const said = inputResponse(responses, requestId);
  // If the client sends no answer, it gets the question once more, or the address of the inbox.
  if (said.kind !== 'elicit') return 'no answer';
  if (said.action !== 'accept') return elsewhere(runId, requestId, sources);
  checkAccess(principal, 'human-input:answer', await ownership.resourceOf('run', runId, principal), clock, runId);
  try {
    await runs.answer(runId, requestId, { value: said.content ?? {} }, principal);
  } catch (error) {
    // Somebody else has already answered, so the run continues anyway.
    if (toHeddleError(error).code !== 'human_input_decided') throw error;
  }
  return 'answered';
}

function elsewhere(runId: string, requestId: string, { publicUrl }: McpSources): CallToolResult {
  const link = inboxLink(publicUrl, runId, requestId);
  const text = `conflict: ${answeredElsewhere(runId, requestId, publicUrl)}`;
  return { isError: true, content: [{ type: 'text', text }], _meta: { 'heddle/runId': runId, 'heddle/inbox': link } };
}

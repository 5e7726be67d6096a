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

/** A question that was sent to the client. All rights are checked again with its answer, so it needs no signature. */
export interface Asked {
  readonly runId: string;
  readonly requestId: string;
}

/** Reads what a client sends back; undefined where it is none of ours. */
export function askedOf(state: string): Asked | undefined {
  const [runId, requestId, ...more] = state.split(' ');
  return runId === undefined || requestId === undefined || more.length > 0 ? undefined : { runId, requestId };
}

/** A run that waits for a person. */
interface WaitingRun {
  readonly runId: string;
  readonly replyClearance: LabelLevel;
  /** Whether the client asks its user. */
  readonly asksPeople: boolean;
}

/**
 * What a run that waits for a person replies: the question, if the client asks its user and the caller may answer it; else the run and the
 * page where it is answered; undefined if somebody has answered meanwhile. The text of a question leaves only up to the clearance of replies, and the value that it is about never.
 */
export async function askCaller(
  { runId, replyClearance, asksPeople }: WaitingRun,
  sources: McpSources,
  caller: McpCaller,
  signal: AbortSignal,
): Promise<CallToolResult | InputRequiredResult | undefined> {
  // The run tells that it waits before its question is stored.
  await sources.runs.settled(runId, signal);
  const [request] = await sources.runs.requests(runId);
  if (request === undefined) return undefined;
  const { requestId, question } = request;
  const form = formOf(question);
  const isAsked =
    asksPeople && form !== undefined && (await isAskedHere(request, replyClearance, caller.principal, sources));
  if (!isAsked) return elsewhere(runId, requestId, sources);
  return inputRequired({
    inputRequests: { [requestId]: inputRequired.elicit({ message: textOfQuestion(question), requestedSchema: form }) },
    requestState: `${runId} ${requestId}`,
  });
}

/**
 * Answers a question with what the client sends; a result where its user declines. Errors: `forbidden`, `not_found`, `human_input_invalid`.
 */
export async function answerCaller(
  { runId, requestId }: Asked,
  responses: Readonly<Record<string, unknown>> | undefined,
  sources: McpSources,
  { principal }: McpCaller,
): Promise<CallToolResult | 'answered' | 'no answer'> {
  const { runs, ownership, clock } = sources;
  const said = inputResponse(responses, requestId);
  // A client without an answer is asked once more, or gets the address of the inbox.
  if (said.kind !== 'elicit') return 'no answer';
  if (said.action !== 'accept') return elsewhere(runId, requestId, sources);
  checkAccess(principal, 'human-input:answer', await ownership.resourceOf('run', runId, principal), clock, runId);
  try {
    await runs.answer(runId, requestId, { value: said.content ?? {} }, principal);
  } catch (error) {
    // Somebody else was quicker: the run goes on all the same.
    if (toHeddleError(error).code !== 'human_input_decided') throw error;
  }
  return 'answered';
}

function elsewhere(runId: string, requestId: string, { publicUrl }: McpSources): CallToolResult {
  const link = inboxLink(publicUrl, runId, requestId);
  const text = `conflict: ${answeredElsewhere(runId, requestId, publicUrl)}`;
  return { isError: true, content: [{ type: 'text', text }], _meta: { 'heddle/runId': runId, 'heddle/inbox': link } };
}

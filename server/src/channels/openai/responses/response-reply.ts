import {
  Usage,
  type ResponseOutputItem,
  type ResponseReply,
  type ResponseRequest,
  type RunSummary,
} from '@heddle/core';
import { z } from 'zod';
import { callsOf, textOf } from '../chat-reply.js';
import { callsOutput, reasoningOutput, usageOutput } from '../model-document.js';
import { callIdOf, messageIdOf, reasoningIdOf, responseIdOf } from './response-ids.js';

type Outputs = Readonly<Record<string, unknown>>;

/** The facts about a run that its response shows. */
interface ResponseFacts {
  readonly request: ResponseRequest;
  readonly summary: RunSummary;
  /** The output with the answer. */
  readonly answer: string;
  /** Undefined until the run is done. */
  readonly outputs?: Outputs | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

const Ended = Usage.partial().extend({ finishReason: z.string().optional() });

/** The finish reasons of an incomplete answer, in the terms of the Responses API. */
const incompletes: Readonly<Record<string, 'max_output_tokens' | 'content_filter'>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
};

/** The items of an answer: reasoning, text and function calls. */
export function outputItems({ summary, answer, outputs = {} }: Omit<ResponseFacts, 'request'>): ResponseOutputItem[] {
  const { runId, workflowId } = summary;
  const isModel = workflowId === undefined;
  const text = textOf(outputs[answer]);
  const calls = isModel ? callsOf(outputs[callsOutput]) : [];
  const reasoning = isModel ? textOf(outputs[reasoningOutput]) : '';
  const status = incompleteOf(outputs, isModel) === undefined ? 'completed' : 'incomplete';
  return [
    ...(reasoning === '' ? [] : [reasoningItem(runId, reasoning)]),
    ...(text === '' && calls.length > 0 ? [] : [messageItem(runId, text, status)]),
    ...calls.map(({ id, function: { name, arguments: given } }, index): ResponseOutputItem => ({
      type: 'function_call',
      id: callIdOf(runId, index),
      status: 'completed',
      call_id: id,
      name,
      arguments: given,
    })),
  ];
}

export const reasoningItem = (runId: string, text: string): ResponseOutputItem => ({
  type: 'reasoning',
  id: reasoningIdOf(runId),
  status: 'completed',
  summary: [],
  content: [{ type: 'reasoning_text', text }],
});

export const outputText = (text: string) => ({ type: 'output_text' as const, text, annotations: [], logprobs: [] });

export const messageItem = (
  runId: string,
  text: string,
  status: 'in_progress' | 'completed' | 'incomplete',
): ResponseOutputItem => ({
  type: 'message',
  id: messageIdOf(runId),
  status,
  role: 'assistant',
  content: status === 'in_progress' ? [] : [outputText(text)],
});

function incompleteOf(outputs: Outputs, isModel: boolean): 'max_output_tokens' | 'content_filter' | undefined {
  const reason = isModel ? Ended.safeParse(outputs[usageOutput]).data?.finishReason : undefined;
  return reason === undefined ? undefined : incompletes[reason];
}

/** Describes the present state of a response. */
export function responseReply(facts: ResponseFacts): ResponseReply {
  const { summary, outputs, error } = facts;
  const incomplete = outputs === undefined ? undefined : incompleteOf(outputs, summary.workflowId === undefined);
  const status = error !== undefined ? 'failed' : incomplete !== undefined ? 'incomplete' : statusOf(facts);
  return {
    id: responseIdOf(summary.runId),
    object: 'response',
    created_at: Math.floor(summary.acceptedAt / 1000),
    completed_at: status === 'completed' && summary.endedAt !== undefined ? Math.floor(summary.endedAt / 1000) : null,
    status,
    error: error ?? null,
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    output: outputs === undefined ? [] : outputItems(facts),
    conversation: summary.caller?.thread === undefined ? null : { id: summary.caller.thread },
    usage: outputs === undefined ? null : usageOf(summary, outputs),
    ...echoOf(facts.request),
  };
}

function statusOf({ summary, outputs }: ResponseFacts): ResponseReply['status'] {
  if (outputs !== undefined) return 'completed';
  if (summary.status === 'cancelled' || summary.status === 'queued') return summary.status;
  return 'in_progress';
}

function usageOf({ inputTokens, outputTokens }: RunSummary, outputs: Outputs): ResponseReply['usage'] {
  const { cachedTokens = 0, reasoningTokens = 0 } = Ended.safeParse(outputs[usageOutput]).data ?? {};
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
}

/** The fields of the request that clients of OpenAI's API expect back. */
function echoOf(request: ResponseRequest) {
  const { text, reasoning } = request;
  return {
    model: request.model,
    previous_response_id: request.previous_response_id ?? null,
    instructions: request.instructions ?? null,
    background: request.background ?? false,
    store: request.store ?? true,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: null },
    safety_identifier: request.safety_identifier ?? null,
    service_tier: 'default' as const,
    temperature: request.temperature ?? null,
    text: { format: text?.format ?? { type: 'text' }, verbosity: 'medium' as const },
    tool_choice: request.tool_choice ?? 'auto',
    tools: (request.tools ?? []).map((tool) => ({ ...tool, strict: tool.strict ?? false })),
    top_logprobs: 0 as const,
    top_p: request.top_p ?? null,
    truncation: 'disabled' as const,
    user: request.user ?? null,
  };
}

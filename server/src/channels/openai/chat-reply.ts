import type { RunSummary } from '@heddle/core';
import { z } from 'zod';
import { usageOutput } from './model-document.js';

/** The members that every chunk of a completion has. */
export interface Completion {
  readonly runId: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
}

export type ChatFinish = 'stop' | 'length' | 'tool_calls';

/** A function call of the model. */
interface ChatCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

const Call = z.object({ id: z.string(), name: z.string(), arguments: z.unknown() });

/** The function calls in an output; none where it is something else. */
export function callsOf(value: unknown): readonly ChatCall[] {
  const parsed = z.array(Call).safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }));
}

/** Outputs other than text are sent as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

const Usage = z.object({ finishReason: z.string() });

/** Why the answer ended, as the model reports; the answer of a workflow is complete. */
export function finishOf(outputs: Readonly<Record<string, unknown>>, calls: readonly ChatCall[]): ChatFinish {
  if (calls.length > 0) return 'tool_calls';
  const usage = Usage.safeParse(outputs[usageOutput]).data;
  return usage?.finishReason === 'length' ? 'length' : 'stop';
}

const base = ({ runId, model, created }: Completion) => ({ id: `chatcmpl-${runId}`, created, model });

/** The tokens of all models that the run called. */
export function usageOf({ inputTokens, outputTokens }: Pick<RunSummary, 'inputTokens' | 'outputTokens'>) {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

export function wholeReply(
  completion: Completion,
  { content, calls }: { readonly content: string; readonly calls: readonly ChatCall[] },
  finish: ChatFinish,
  summary: RunSummary,
) {
  const said = calls.length === 0 ? { content } : { content: content === '' ? null : content, tool_calls: calls };
  const message = { role: 'assistant', ...said, refusal: null };
  return {
    ...base(completion),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: usageOf(summary),
  };
}

/** A chunk of a stream: the first has the role, the last an empty delta and the reason. */
export function chunk(
  completion: Completion,
  delta: {
    role?: 'assistant';
    content?: string;
    tool_calls?: readonly (ChatCall & { readonly index: number })[];
  },
  finish?: ChatFinish,
) {
  return {
    ...base(completion),
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish ?? null }],
  };
}

/** Sent after the last chunk, to clients that asked for it. */
export function usageChunk(completion: Completion, summary: RunSummary) {
  return { ...base(completion), object: 'chat.completion.chunk', choices: [], usage: usageOf(summary) };
}

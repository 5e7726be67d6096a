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

/** A function call that the model requested. */
interface ChatCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

const Call = z.object({ id: z.string(), name: z.string(), arguments: z.unknown() });

/** The function calls in an output; none if it has another form. */
export function callsOf(value: unknown): readonly ChatCall[] {
  const parsed = z.array(Call).safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }));
}

/** Writes an output as text: outputs that are not text become JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

const Usage = z.object({ finishReason: z.string() });

/** Why the answer ended, as the model reports it. The answer of a workflow is always complete. */
export function finishOf(outputs: Readonly<Record<string, unknown>>, calls: readonly ChatCall[]): ChatFinish {
  if (calls.length > 0) return 'tool_calls';
  const usage = Usage.safeParse(outputs[usageOutput]).data;
  return usage?.finishReason === 'length' ? 'length' : 'stop';
}

const base = ({ runId, model, created }: Completion) => ({ id: `chatcmpl-${runId}`, created, model });

/** The tokens of all model calls of the run. */
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

/** One chunk of a stream. The first chunk has the role; the last has an empty delta and the finish reason. */
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

/** The chunk with the usage, sent after the last chunk to clients that requested it. */
export function usageChunk(completion: Completion, summary: RunSummary) {
  return { ...base(completion), object: 'chat.completion.chunk', choices: [], usage: usageOf(summary) };
}

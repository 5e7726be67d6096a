import { HeddleError, type FinishReason } from '@heddle/core';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { z } from 'zod';
import type { ProviderEvent, ProviderUsage } from '../provider.js';

const Count = z.number().int().nonnegative();
const Usage = z.object({
  prompt_tokens: Count,
  completion_tokens: Count.nullish(),
  prompt_tokens_details: z.object({ cached_tokens: Count.nullish(), cache_write_tokens: Count.nullish() }).nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: Count.nullish() }).nullish(),
});
const CallPart = z.object({
  index: z.int().nullish(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            reasoning: z.string().nullish(),
            tool_calls: z.array(CallPart).nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: Usage.nullish().catch(undefined),
});

/**
 * Reads the chunks of a chat completion. The fields are validated, because servers differ: an unknown chunk is an error and never skipped.
 */
export async function* readOpenAiStream(chunks: AsyncIterable<ChatCompletionChunk>): AsyncGenerator<ProviderEvent> {
  const calls = createToolCalls();
  let isRefusal = false;
  for await (const raw of chunks) {
    const chunk = parseChunk(raw);
    if (chunk.usage !== undefined && chunk.usage !== null) yield { type: 'usage', usage: toUsage(chunk.usage) };
    const choice = chunk.choices?.[0];
    if (choice === undefined) continue;
    const { delta } = choice;
    const reasoning = delta?.reasoning_content ?? delta?.reasoning;
    if (typeof reasoning === 'string' && reasoning !== '') yield { type: 'reasoning', text: reasoning };
    const text = delta?.content ?? delta?.refusal;
    isRefusal ||= typeof delta?.refusal === 'string' && delta.refusal !== '';
    if (typeof text === 'string' && text !== '') yield { type: 'text', text };
    for (const part of delta?.tool_calls ?? []) calls.add(part);
    if (typeof choice.finish_reason !== 'string' || choice.finish_reason === '') continue;
    yield* calls.take();
    yield { type: 'finish', reason: isRefusal ? 'content-filter' : toFinish(choice.finish_reason) };
  }
}

function parseChunk(raw: unknown): z.infer<typeof Chunk> {
  const parsed = Chunk.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new HeddleError('provider_reply_invalid', 'A piece of the reply does not have the form of a chat completion.');
}

function toUsage(usage: z.infer<typeof Usage>): ProviderUsage {
  return {
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens ?? 0,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? undefined,
    cacheWriteTokens: usage.prompt_tokens_details?.cache_write_tokens ?? undefined,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? undefined,
  };
}

function toFinish(reason: string): FinishReason {
  switch (reason) {
    case 'stop':
    case 'eos':
    case 'eos_token':
    case 'end_turn':
    case 'stop_sequence':
      return 'stop';
    case 'length':
    case 'max_tokens':
    case 'model_length':
      return 'length';
    case 'tool_calls':
    case 'function_call':
      return 'tool-calls';
    case 'content_filter':
      return 'content-filter';
    case 'error':
      throw new HeddleError('provider_failed', 'The provider says that the model failed in the middle of its answer.');
    default:
      return 'incomplete';
  }
}

type Part = z.infer<typeof CallPart>;

/** Joins the pieces of tool calls. Some servers repeat names, leave out indexes, or give every call the index 0. */
function createToolCalls(): { add(part: Part): void; take(): Generator<ProviderEvent> } {
  let made: { index: number | undefined; id: string; name: string; text: string }[] = [];
  let unnamed = 0;
  return {
    add({ index, id, function: called }) {
      const found = made.findLast((call) => (typeof index === 'number' ? call.index === index : true));
      const isNew = found === undefined || (typeof id === 'string' && id !== '' && found.id !== '' && found.id !== id);
      const call = isNew ? { index: index ?? undefined, id: '', name: '', text: '' } : found;
      if (isNew) made.push(call);
      if (call.id === '' && typeof id === 'string') call.id = id;
      if (call.name === '' && typeof called?.name === 'string') call.name = called.name;
      call.text += called?.arguments ?? '';
    },
    *take() {
      for (const { id, name, text } of made)
        yield {
          type: 'tool-call',
          id: id === '' ? `call_${(unnamed += 1)}` : id,
          name,
          arguments: text === '' ? '{}' : text,
        };
      made = [];
    },
  };
}

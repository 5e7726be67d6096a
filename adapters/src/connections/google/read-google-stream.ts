import { HeddleError, type FinishReason } from '@heddle/core';
import { z } from 'zod';
import type { ProviderEvent, ProviderUsage } from '../provider.js';
import type { TurnMemory } from '../shared/turn-memory.js';

const Count = z.number().int().nonnegative().nullish();
const Usage = z.object({
  promptTokenCount: Count,
  candidatesTokenCount: Count,
  cachedContentTokenCount: Count,
  thoughtsTokenCount: Count,
  toolUsePromptTokenCount: Count,
});
const Part = z.object({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  thoughtSignature: z.string().nullish(),
  functionCall: z
    .object({ id: z.string().nullish(), name: z.string().nullish(), args: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
});
const Chunk = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(Part).nullish() }).nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: Usage.nullish(),
});

/** Reads the chunks of a generation. A tool call without an id gets a new one, which is unique in the conversation. */
export async function* readGoogleStream(
  chunks: AsyncIterable<unknown>,
  signatures: TurnMemory<string>,
  callId: () => string,
): AsyncGenerator<ProviderEvent> {
  for await (const raw of chunks) {
    const chunk = parseChunk(raw);
    if (chunk.usageMetadata !== null && chunk.usageMetadata !== undefined)
      yield { type: 'usage', usage: toUsage(chunk.usageMetadata) };
    if (typeof chunk.promptFeedback?.blockReason === 'string') yield { type: 'finish', reason: 'content-filter' };
    const candidate = chunk.candidates?.[0];
    for (const part of candidate?.content?.parts ?? []) {
      if (typeof part.text === 'string' && part.text !== '')
        yield { type: part.thought === true ? 'reasoning' : 'text', text: part.text };
      if (part.functionCall === null || part.functionCall === undefined) continue;
      const { id, name, args } = part.functionCall;
      const known = typeof id === 'string' && id !== '' ? id : callId();
      if (typeof part.thoughtSignature === 'string') signatures.keep(known, part.thoughtSignature);
      yield { type: 'tool-call', id: known, name: name ?? '', arguments: JSON.stringify(args ?? {}) };
    }
    if (typeof candidate?.finishReason === 'string' && candidate.finishReason !== 'FINISH_REASON_UNSPECIFIED')
      yield { type: 'finish', reason: toFinish(candidate.finishReason) };
  }
}

function parseChunk(raw: unknown): z.infer<typeof Chunk> {
  const parsed = Chunk.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new HeddleError('provider_reply_invalid', 'A piece of the reply does not have the form of a generation.');
}

/** The API counts thinking separately; it is output. */
function toUsage(usage: z.infer<typeof Usage>): ProviderUsage {
  const thinking = usage.thoughtsTokenCount ?? undefined;
  return {
    inputTokens: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
    outputTokens: (usage.candidatesTokenCount ?? 0) + (thinking ?? 0),
    cachedTokens: usage.cachedContentTokenCount ?? undefined,
    reasoningTokens: thinking,
  };
}

function toFinish(reason: string): FinishReason {
  switch (reason) {
    case 'STOP':
      return 'stop';
    case 'MAX_TOKENS':
      return 'length';
    case 'SAFETY':
    case 'RECITATION':
    case 'LANGUAGE':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'IMAGE_SAFETY':
      return 'content-filter';
    default:
      return 'incomplete';
  }
}

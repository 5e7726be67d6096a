import { HeddleError, type FinishReason } from '@heddle/core';
import { z } from 'zod';
import type { ProviderEvent } from '../provider.js';
import type { TurnMemory } from '../shared/turn-memory.js';
import type { Thinking } from './anthropic-messages.js';

const Count = z.number().int().nonnegative().nullish();
const Usage = z.object({
  input_tokens: Count,
  output_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation_input_tokens: Count,
  output_tokens_details: z.object({ thinking_tokens: Count }).nullish(),
});
const Block = z.object({
  type: z.string(),
  id: z.string().optional(),
  name: z.string().optional(),
  data: z.string().optional(),
  text: z.string().nullish(),
});
const Delta = z.object({
  type: z.string(),
  text: z.string().optional(),
  thinking: z.string().optional(),
  signature: z.string().optional(),
  partial_json: z.string().optional(),
});
const StreamEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: z.object({ usage: Usage.nullish() }) }),
  z.object({ type: z.literal('content_block_start'), index: z.int(), content_block: Block }),
  z.object({ type: z.literal('content_block_delta'), index: z.int(), delta: Delta }),
  z.object({ type: z.literal('content_block_stop'), index: z.int() }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: z.string().nullish() }),
    usage: Usage.nullish(),
  }),
  z.object({ type: z.literal('message_stop') }),
]);

interface OpenBlock {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly data: string;
  text: string;
  signature: string;
}

/** Reads the events of a streamed message. It yields `finish` only with a reason, so a stream that breaks off has none. */
export async function* readAnthropicStream(
  events: AsyncIterable<unknown>,
  memory: TurnMemory<Thinking>,
): AsyncGenerator<ProviderEvent> {
  const blocks = new Map<number, OpenBlock>();
  const usage = createUsage();
  const thoughts: Thinking[number][] = [];
  let firstCall: string | undefined;
  for await (const raw of events) {
    const event = parseEvent(raw);
    if (event === undefined) continue;
    switch (event.type) {
      case 'message_start':
        yield usage.add(event.message.usage);
        break;
      case 'content_block_start': {
        const { type, id = '', name = '', data = '', text } = event.content_block;
        blocks.set(event.index, { type, id, name, data, text: '', signature: '' });
        if (type === 'text' && typeof text === 'string' && text !== '') yield { type: 'text', text };
        break;
      }
      case 'content_block_delta': {
        const block = blocks.get(event.index);
        if (block === undefined) throw invalid();
        const { text, thinking, signature, partial_json: json } = event.delta;
        if (text !== undefined) yield { type: 'text', text };
        if (thinking !== undefined) yield { type: 'reasoning', text: thinking };
        block.text += thinking ?? json ?? '';
        block.signature += signature ?? '';
        break;
      }
      case 'content_block_stop': {
        const block = blocks.get(event.index);
        blocks.delete(event.index);
        if (block?.type === 'thinking')
          thoughts.push({ type: 'thinking', thinking: block.text, signature: block.signature });
        if (block?.type === 'redacted_thinking') thoughts.push({ type: 'redacted_thinking', data: block.data });
        if (block?.type !== 'tool_use') break;
        firstCall ??= block.id;
        memory.keep(firstCall, thoughts);
        yield { type: 'tool-call', id: block.id, name: block.name, arguments: block.text === '' ? '{}' : block.text };
        break;
      }
      case 'message_delta':
        yield usage.add(event.usage);
        if (typeof event.delta.stop_reason === 'string')
          yield { type: 'finish', reason: toFinish(event.delta.stop_reason) };
        break;
      case 'message_stop':
        return;
    }
  }
}

const known: ReadonlySet<string> = new Set(StreamEvent.options.map((option) => option.shape.type.value));

/** Ignores event types that are newer than this code. A known type in another form is an error. */
function parseEvent(raw: unknown): z.infer<typeof StreamEvent> | undefined {
  const type = typeof raw === 'object' && raw !== null && 'type' in raw ? raw.type : undefined;
  if (typeof type !== 'string') throw invalid();
  if (!known.has(type)) return undefined;
  const parsed = StreamEvent.safeParse(raw);
  if (!parsed.success) throw invalid();
  return parsed.data;
}

const invalid = (): HeddleError =>
  new HeddleError('provider_reply_invalid', 'A piece of the reply does not have the form of a message event.');

/** Counts arrive in two parts, and later ones replace earlier ones. `input_tokens` does not include cached tokens. */
function createUsage(): { add(part: z.infer<typeof Usage> | null | undefined): ProviderEvent } {
  let input = 0;
  let read = 0;
  let written = 0;
  let output = 0;
  let thinking: number | undefined;
  return {
    add(part) {
      input = part?.input_tokens ?? input;
      read = part?.cache_read_input_tokens ?? read;
      written = part?.cache_creation_input_tokens ?? written;
      output = part?.output_tokens ?? output;
      thinking = part?.output_tokens_details?.thinking_tokens ?? thinking;
      return {
        type: 'usage',
        usage: {
          inputTokens: input + read + written,
          outputTokens: output,
          cachedTokens: read,
          cacheWriteTokens: written,
          reasoningTokens: thinking,
        },
      };
    },
  };
}

function toFinish(reason: string): FinishReason {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return 'stop';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool-calls';
    case 'refusal':
      return 'content-filter';
    default:
      return 'incomplete';
  }
}

import { HeddleError, type FinishReason } from '@heddle/core';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { z } from 'zod';
import type { ProviderEvent, ProviderUsage } from '../../provider.js';
import type { TurnItem } from './kept-turns.js';

const Count = z.number().int().nonnegative();
const Usage = z.object({
  input_tokens: Count,
  output_tokens: Count,
  input_tokens_details: z.object({ cached_tokens: Count.nullish(), cache_write_tokens: Count.nullish() }).nullish(),
  output_tokens_details: z.object({ reasoning_tokens: Count.nullish() }).nullish(),
});
const Failure = z.object({ code: z.string().nullish(), message: z.string().nullish() });
const Reasoning = z.looseObject({ type: z.literal('reasoning'), id: z.string() });
const Part = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('output_text'), text: z.string() }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
]);
const Said = z.looseObject({ type: z.literal('message'), id: z.string(), content: z.array(Part) });
const Called = z.looseObject({
  type: z.literal('function_call'),
  call_id: z.string().min(1),
  name: z.string(),
  arguments: z.string(),
});
const Item = z.discriminatedUnion('type', [Reasoning, Said, Called]);
const Whole = z.object({
  output: z.array(z.unknown()).nullish(),
  usage: Usage.nullish().catch(undefined),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  error: Failure.nullish(),
});
const Delta = z.object({ delta: z.string(), item_id: z.string().optional() });

/** The fields that are read of each event; the other events repeat what these contain. */
const read = {
  'response.output_text.delta': Delta,
  'response.refusal.delta': Delta,
  'response.reasoning_text.delta': Delta,
  'response.reasoning_summary_text.delta': Delta,
  'response.reasoning_summary_part.added': z.object({ summary_index: z.int() }),
  'response.output_item.done': z.object({ item: z.unknown() }),
  'response.completed': z.object({ response: Whole }),
  'response.incomplete': z.object({ response: Whole }),
  'response.failed': z.object({ response: Whole }),
  error: Failure,
} satisfies Partial<Record<ResponseStreamEvent['type'], z.ZodType>>;

/**
 * Reads the events of a response. It ignores event types that are newer than this code; a known type in another form is an error. `keep`
 * receives the items of an answer that calls tools.
 */
export async function* readResponseStream(
  events: AsyncIterable<unknown>,
  keep: (items: readonly TurnItem[]) => void,
): AsyncGenerator<ProviderEvent> {
  const turn = createTurn();
  for await (const raw of events) {
    const type = typeof raw === 'object' && raw !== null && 'type' in raw ? raw.type : undefined;
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        yield* turn.write(parse(read[type], raw), type === 'response.refusal.delta');
        break;
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
        yield { type: 'reasoning', text: parse(read[type], raw).delta };
        break;
      case 'response.reasoning_summary_part.added':
        if (parse(read[type], raw).summary_index > 0) yield { type: 'reasoning', text: '\n\n' };
        break;
      case 'response.output_item.done':
        yield* turn.end(parse(read[type], raw).item);
        break;
      case 'response.completed':
      case 'response.incomplete': {
        const { response } = parse(read[type], raw);
        // Some servers send items only at the end.
        for (const item of response.output ?? []) yield* turn.end(item);
        if (turn.items.some((item) => item.type === 'function_call')) keep(turn.items);
        if (response.usage !== undefined && response.usage !== null)
          yield { type: 'usage', usage: toUsage(response.usage) };
        const cut = type === 'response.incomplete' ? (response.incomplete_details?.reason ?? '') : undefined;
        yield { type: 'finish', reason: turn.finish(cut) };
        return;
      }
      case 'response.failed':
        throw failureOf(parse(read[type], raw).response.error);
      case 'error':
        throw failureOf(parse(read[type], raw));
      default:
        if (typeof type !== 'string') throw invalid();
    }
  }
}

/** Yields the text and the tool calls of a response, each once. */
function createTurn() {
  const items: TurnItem[] = [];
  const seen = new Set<string>();
  const written = new Set<string>();
  let isRefusal = false;
  return {
    items: items as readonly TurnItem[],
    *write({ delta, item_id: id = '' }: z.infer<typeof Delta>, refuses: boolean): Generator<ProviderEvent> {
      written.add(id);
      isRefusal ||= refuses && delta !== '';
      if (delta !== '') yield { type: 'text', text: delta };
    },
    *end(raw: unknown): Generator<ProviderEvent> {
      const type = typeof raw === 'object' && raw !== null && 'type' in raw ? raw.type : undefined;
      if (type !== 'reasoning' && type !== 'message' && type !== 'function_call') return;
      const item = parse(Item, raw);
      const id = item.type === 'function_call' ? item.call_id : item.id;
      if (seen.has(id)) return;
      seen.add(id);
      // The item exactly as the provider wrote it, including fields that this code does not know.
      items.push(raw as TurnItem);
      if (item.type === 'function_call')
        yield {
          type: 'tool-call',
          id: item.call_id,
          name: item.name,
          arguments: item.arguments === '' ? '{}' : item.arguments,
        };
      else if (item.type === 'message' && !written.has(item.id) && !written.has(''))
        for (const part of item.content) {
          isRefusal ||= part.type === 'refusal';
          const text = part.type === 'refusal' ? part.refusal : part.text;
          if (text !== '') yield { type: 'text', text };
        }
    },
    /** `cut` is the reason why the provider stopped before the answer was complete. */
    finish(cut: string | undefined): FinishReason {
      if (cut === 'max_output_tokens') return 'length';
      if (cut === 'content_filter' || isRefusal) return 'content-filter';
      if (cut !== undefined) return 'incomplete';
      return items.some((item) => item.type === 'function_call') ? 'tool-calls' : 'stop';
    },
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw invalid();
  return parsed.data;
}

const invalid = (): HeddleError =>
  new HeddleError('provider_reply_invalid', 'A piece of the reply does not have the form of a response event.');

function toUsage(usage: z.infer<typeof Usage>): ProviderUsage {
  return {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cachedTokens: usage.input_tokens_details?.cached_tokens ?? undefined,
    cacheWriteTokens: usage.input_tokens_details?.cache_write_tokens ?? undefined,
    reasoningTokens: usage.output_tokens_details?.reasoning_tokens ?? undefined,
  };
}

/** An error within a stream has a code but no HTTP status; the status decides whether the call is tried again. */
function failureOf(failure: z.infer<typeof Failure> | null | undefined): Error {
  const { code, message } = failure ?? {};
  const text = message ?? 'The provider says that the response failed.';
  const status = code === 'rate_limit_exceeded' ? 429 : code === 'server_error' || code == null ? 500 : 400;
  return Object.assign(new Error(text), { status, error: { message: text, code: code ?? 'server_error' } });
}

import type Anthropic from '@anthropic-ai/sdk';
import type { MessageBatch, MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages';
import { HeddleError, type Connection } from '@heddle/core';
import { z } from 'zod';
import type { BatchAnswer, OwnBatch, ProviderBatches } from '../provider.js';
import type { Exchange } from '../shared/exchange.js';
import { createTurnMemory } from '../shared/turn-memory.js';
import type { Thinking } from './anthropic-messages.js';
import { droppable, toAnthropicRequest } from './anthropic-request.js';
import { readAnthropicStream } from './read-anthropic-stream.js';

/** Clocks differ: one of our batches can seem to be older than it is. */
const earlierMs = 3_600_000;
const settings: ReadonlySet<string> = new Set(droppable);

const Whole = z.looseObject({
  content: z.array(z.looseObject({ type: z.string() })),
  stop_reason: z.string().nullish(),
  usage: z.looseObject({}).nullish(),
});

/** Creates the client library for one attempt. */
type CreateAnthropic = (exchange: Exchange) => Anthropic;

/**
 * Anthropic message batches. The calls are sent with the request that makes the batch, and the id of each call begins with our batch id.
 */
export function anthropicBatches(connection: Connection, createClient: CreateAnthropic): ProviderBatches {
  return {
    body(request) {
      const memory = createTurnMemory<Thinking>();
      const { stream: _stream, ...body } = toAnthropicRequest(connection, request, memory, new Set());
      return body;
    },
    read: readMessage,
    without: (body, setting) => (settings.has(setting) ? without(body, setting) : undefined),
    async submit(_batch, { lines }, exchange) {
      const batch = await createClient(exchange).messages.batches.create(
        {
          requests: lines.map(({ id, body }) => ({
            custom_id: id,
            params: JSON.parse(body) as MessageCreateParamsNonStreaming, // as `body` above made it
          })),
        },
        { signal: exchange.signal },
      );
      return batch.id;
    },
    find: (batch, others, exchange) => findBatch(createClient(exchange), batch, others, exchange),
    async check(id, exchange) {
      const batch = await createClient(exchange).messages.batches.retrieve(id, {}, { signal: exchange.signal });
      return { hasEnded: batch.processing_status === 'ended' };
    },
    answers: (id, exchange) => answersOf(createClient(exchange), id, exchange),
    async cancel(id, exchange) {
      await createClient(exchange).messages.batches.cancel(id, {}, { signal: exchange.signal });
    },
    async remove(id, exchange) {
      await createClient(exchange).messages.batches.delete(id, {}, { signal: exchange.signal });
    },
  };
}

/**
 * Anthropic returns the ids of calls only with the results. A batch in progress with the right size and time may therefore be ours; the
 * answer is then `unknown`, so that the caller waits for its end and nothing is submitted twice.
 */
async function findBatch(
  client: Anthropic,
  { id, createdAt, calls }: OwnBatch,
  others: ReadonlySet<string>,
  exchange: Exchange,
): Promise<{ readonly id: string } | 'none' | 'unknown'> {
  let mayBe = false;
  for await (const batch of client.messages.batches.list({ limit: 100 }, { signal: exchange.signal })) {
    // Batches are listed newest first.
    if (Date.parse(batch.created_at) < createdAt - earlierMs) break;
    if (others.has(batch.id) || sizeOf(batch) !== calls) continue;
    if (batch.processing_status !== 'ended') mayBe = true;
    else if (batch.results_url !== null && (await firstName(client, batch.id, exchange))?.startsWith(`${id}-`) === true)
      return { id: batch.id };
  }
  return mayBe ? 'unknown' : 'none';
}

const sizeOf = ({ request_counts: counts }: MessageBatch): number =>
  counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired;

async function firstName(client: Anthropic, id: string, exchange: Exchange): Promise<string | undefined> {
  for await (const { custom_id: name } of await client.messages.batches.results(id, {}, { signal: exchange.signal }))
    return name;
  return undefined;
}

async function* answersOf(client: Anthropic, id: string, exchange: Exchange): AsyncGenerator<BatchAnswer> {
  const results = await client.messages.batches.results(id, {}, { signal: exchange.signal });
  for await (const { custom_id: name, result } of results) {
    if (result.type === 'succeeded') yield { id: name, answer: JSON.stringify(result.message) };
    else if (result.type === 'errored') {
      const { message, type } = result.error.error;
      // The error names the refused setting only in its message.
      const setting =
        type === 'invalid_request_error'
          ? droppable.find((one) => new RegExp(`\\b${one}\\b`).test(message))
          : undefined;
      yield { id: name, error: { message, setting, passes: type !== 'invalid_request_error' } };
    } else {
      const message = result.type === 'expired' ? 'The batch expired before the call.' : 'The batch was cancelled.';
      yield { id: name, error: { message, passes: true } };
    }
  }
  exchange.check();
}

/** Reads a stored answer as the events of a stream, so that the same code reads streams and batches. */
function readMessage(answer: unknown): ReturnType<typeof readAnthropicStream> {
  const parsed = Whole.safeParse(answer);
  if (!parsed.success)
    throw new HeddleError('provider_reply_invalid', 'An answer in a batch does not have the form of a message.');
  const { content, stop_reason, usage } = parsed.data;
  const events = [
    { type: 'message_start', message: { usage } },
    ...content.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: { ...block, text: '' } },
      ...deltasOf(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason }, usage },
    { type: 'message_stop' },
  ];
  return readAnthropicStream(each(events), createTurnMemory<Thinking>());
}

function deltasOf(block: Readonly<Record<string, unknown>>): readonly object[] {
  switch (block['type']) {
    case 'text':
      return [{ type: 'text_delta', text: block['text'] }];
    case 'thinking':
      return [
        { type: 'thinking_delta', thinking: block['thinking'] },
        { type: 'signature_delta', signature: block['signature'] },
      ];
    case 'tool_use':
      return [{ type: 'input_json_delta', partial_json: JSON.stringify(block['input'] ?? {}) }];
    default:
      return [];
  }
}

async function* each(events: readonly object[]): AsyncGenerator<object> {
  for (const event of events) yield await Promise.resolve(event);
}

function without(body: string, setting: string): string | undefined {
  const value = JSON.parse(body) as object; // as `body` above made it
  if (!Object.hasOwn(value, setting)) return undefined;
  Reflect.deleteProperty(value, setting);
  return JSON.stringify(value);
}

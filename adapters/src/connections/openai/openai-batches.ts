import { HeddleError, type Connection } from '@heddle/core';
import type OpenAI from 'openai';
import type { Batch, BatchCreateParams } from 'openai/resources/batches';
import { z } from 'zod';
import type { BatchAnswer, BatchLine, ProviderBatches, ProviderRequest } from '../provider.js';
import type { Exchange } from '../shared/exchange.js';
import { readLines } from '../shared/read-lines.js';
import { apiOf } from './api-of.js';
import { batchEndpointOf } from '../batch-endpoint.js';
import type { CreateClient } from './create-client.js';
import { droppable as droppableInChat, toOpenAiRequest } from './openai-request.js';
import { readOpenAiStream } from './read-openai-stream.js';
import { createKeptTurns } from './responses/kept-turns.js';
import { readResponseStream } from './responses/read-response-stream.js';
import { droppable as droppableInResponses, toResponseRequest } from './responses/response-request.js';

/** The metadata key of our batch id, by which a batch is found if the reply to its creation was lost. */
const ownIdName = 'heddle_batch';
/** How long the provider keeps an uploaded file. It matters only if the process dies before it removes the file. */
const keptSeconds = 3 * 86_400;
/** Clocks differ: one of our batches can seem to be older than it is. */
const earlierSeconds = 3_600;
const endedStates: ReadonlySet<Batch['status']> = new Set(['completed', 'failed', 'expired', 'cancelled']);

const Failure = z.object({ code: z.string().nullish(), message: z.string().nullish(), param: z.string().nullish() });
const Line = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.int(), body: z.unknown() }).nullish(),
  error: Failure.nullish(),
});
const Refused = z.object({ error: Failure });
const Choice = z.object({ message: z.looseObject({}), finish_reason: z.string().nullish() });
const Completion = z.looseObject({ choices: z.array(Choice) });
const WholeResponse = z.looseObject({ status: z.string() });

/** OpenAI batches: a file with calls becomes a file with answers. */
export function openAiBatches(connection: Connection, createClient: CreateClient): ProviderBatches {
  const isResponses = apiOf(connection) === 'responses';
  const settings: ReadonlySet<string> = new Set(isResponses ? droppableInResponses : droppableInChat);
  return {
    body: isResponses ? responseBody(connection) : (request) => chatBody(connection, request),
    read: isResponses ? readResponse : readCompletion,
    without: (body, setting) => (settings.has(setting) ? without(body, setting) : undefined),
    upload: (id, lines, exchange) => upload(connection, createClient(exchange), { id, lines }, exchange),
    async submit({ id }, { uploaded = '' }, exchange) {
      const batch = await createClient(exchange).batches.create(
        {
          input_file_id: uploaded,
          endpoint: endpointOf(connection),
          completion_window: '24h',
          metadata: { [ownIdName]: id },
        },
        { signal: exchange.signal },
      );
      return batch.id;
    },
    async find({ id, createdAt }, _others, exchange) {
      const since = createdAt / 1000 - earlierSeconds;
      for await (const batch of createClient(exchange).batches.list({ limit: 100 }, { signal: exchange.signal })) {
        if (batch.metadata?.[ownIdName] === id) return { id: batch.id };
        // Batches are listed newest first.
        if (batch.created_at < since) break;
      }
      return 'none';
    },
    async check(id, exchange) {
      const batch = await createClient(exchange).batches.retrieve(id, { signal: exchange.signal });
      const problem = batch.errors?.data?.map(({ message = '' }) => message).find((message) => message !== '');
      return { hasEnded: endedStates.has(batch.status), problem };
    },
    answers: (id, exchange) => answersOf(createClient, id, exchange),
    async cancel(id, exchange) {
      await createClient(exchange).batches.cancel(id, { signal: exchange.signal });
    },
    async remove(id, exchange) {
      const client = createClient(exchange);
      const batch = await client.batches.retrieve(id, { signal: exchange.signal });
      for (const file of [batch.input_file_id, batch.output_file_id, batch.error_file_id])
        if (file !== undefined && file !== null && file !== '')
          await client.files.delete(file, { signal: exchange.signal });
    },
  };
}

/** Uploads the file of calls, named after our id. */
async function upload(
  connection: Connection,
  client: OpenAI,
  { id, lines }: { readonly id: string; readonly lines: readonly BatchLine[] },
  exchange: Exchange,
): Promise<string> {
  const { toFile } = await import('openai');
  const text = lines.map(
    (line) =>
      `{"custom_id":${JSON.stringify(line.id)},"method":"POST","url":${JSON.stringify(endpointOf(connection))},"body":${line.body}}\n`,
  );
  const file = await client.files.create(
    {
      file: await toFile(Buffer.from(text.join('')), `heddle-${id}.jsonl`, { type: 'application/jsonl' }),
      purpose: 'batch',
      expires_after: { anchor: 'created_at', seconds: keptSeconds },
    },
    { signal: exchange.signal },
  );
  return file.id;
}

function endpointOf(connection: Connection): BatchCreateParams['endpoint'] {
  return batchEndpointOf(connection) === '/v1/responses' ? '/v1/responses' : '/v1/chat/completions';
}

function chatBody(connection: Connection, request: ProviderRequest): object {
  const { stream: _stream, stream_options: _options, ...body } = toOpenAiRequest(connection, request, new Set());
  return body;
}

/** A batch does not request encrypted reasoning: no further request would send it back. */
function responseBody(connection: Connection): ProviderBatches['body'] {
  const turnsOf = createKeptTurns();
  return (request) => {
    const {
      stream: _stream,
      include: _include,
      ...body
    } = toResponseRequest(connection, request, turnsOf(request.model), new Set());
    return body;
  };
}

/** Reads a stored answer as the only chunk of a stream, so that the same code reads streams and batches. */
function readCompletion(answer: unknown): ReturnType<typeof readOpenAiStream> {
  const parsed = Completion.safeParse(answer);
  if (!parsed.success) throw invalid();
  const choices = parsed.data.choices.map(({ message, finish_reason }) => ({ delta: message, finish_reason }));
  // The reader validates each chunk itself.
  return readOpenAiStream(one({ ...parsed.data, choices }) as Parameters<typeof readOpenAiStream>[0]);
}

function readResponse(answer: unknown): ReturnType<typeof readResponseStream> {
  const parsed = WholeResponse.safeParse(answer);
  if (!parsed.success) throw invalid();
  return readResponseStream(one({ type: `response.${parsed.data.status}`, response: parsed.data }), () => undefined);
}

async function* one(piece: unknown): AsyncGenerator {
  yield await Promise.resolve(piece);
}

async function* answersOf(createClient: CreateClient, id: string, exchange: Exchange): AsyncGenerator<BatchAnswer> {
  const client = createClient(exchange);
  const batch = await client.batches.retrieve(id, { signal: exchange.signal });
  for (const file of [batch.output_file_id, batch.error_file_id]) {
    if (file === undefined || file === null || file === '') continue;
    const { body } = await client.files.content(file, { signal: exchange.signal });
    if (body === null) continue;
    for await (const line of readLines(body)) yield answerOf(line);
    exchange.check();
  }
}

function answerOf(text: string): BatchAnswer {
  const parsed = Line.safeParse(parse(text));
  if (!parsed.success) throw invalid();
  const { custom_id: id, response, error } = parsed.data;
  if (response !== undefined && response !== null && response.status_code === 200)
    return { id, answer: JSON.stringify(response.body) };
  const said = Refused.safeParse(response?.body).data?.error ?? error ?? undefined;
  const status = response?.status_code ?? 504;
  const setting = said?.param ?? undefined;
  return {
    id,
    error: {
      message: said?.message ?? said?.code ?? `The provider answered with the status ${status}.`,
      setting,
      passes: setting !== undefined || status === 429 || status >= 500,
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Removes a setting, which is a member of the body or a member of a member, such as `reasoning.summary`. */
function without(body: string, setting: string): string | undefined {
  const value = parse(body);
  const names = setting.split('.');
  let at: unknown = value;
  for (const name of names.slice(0, -1)) at = typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined;
  const last = names.at(-1) ?? '';
  if (typeof at !== 'object' || at === null || !Object.hasOwn(at, last)) return undefined;
  Reflect.deleteProperty(at, last);
  return JSON.stringify(value);
}

const invalid = (): HeddleError =>
  new HeddleError('provider_reply_invalid', 'An answer in a batch does not have the form that the provider documents.');

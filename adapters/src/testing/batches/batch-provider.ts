import type { Message, MessageBatch, MessageBatchIndividualResponse } from '@anthropic-ai/sdk/resources/messages';
import type { Batch } from 'openai/resources/batches';
import type { ChatCompletion } from 'openai/resources/chat/completions';
import type { FileDeleted, FileObject } from 'openai/resources/files';
import type { Response as OpenAiResponse } from 'openai/resources/responses/responses';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request body of one of three APIs. */
// oxlint-disable-next-line typescript/no-explicit-any -- a type for each API would test the type
export type AnyBody = any;

/** A call of a batch, as the double received it. */
export interface SeenCall {
  readonly id: string;
  readonly url: string;
  readonly body: AnyBody;
}

/** A batch at the double. */
export interface SeenBatch {
  readonly id: string;
  /** Heddle's id in its metadata; undefined for Anthropic. */
  readonly ownId: string | undefined;
  readonly calls: readonly SeenCall[];
  status: Batch['status'];
  /** The answers as JSON lines. */
  output: string;
  errors: string;
}

/** The result of a call: an answer, an error of the provider, or the expiry of its batch. */
export type CallFate = 'answer' | 'error' | 'expire' | { readonly status: number; readonly param: string };

/** A test double of providers with batches. Its replies have the types of the official clients. */
export interface BatchProvider {
  readonly address: string;
  readonly batches: SeenBatch[];
  /** The existing files by id. */
  readonly files: ReadonlyMap<string, string>;
  /** Calls outside batches. */
  readonly ordinary: unknown[];
  /** The received requests, such as `POST /v1/batches`. */
  readonly requests: string[];
  /** Whether batches end at once. Otherwise they run until `end`. */
  endsAtOnce: boolean;
  /** For how many of the next batches the reply is lost after the batch was created. */
  lostReplies: number;
  /** Whether the reply to the creation of a batch never comes. */
  holdsReplies: boolean;
  fateOf: (call: SeenCall) => CallFate;
  end(): void;
  close(): Promise<void>;
}

const now = (): number => Math.floor(Date.now() / 1000);

/** Starts a double of the batch APIs of OpenAI and Anthropic. */
export async function startBatchProvider(): Promise<BatchProvider> {
  const files = new Map<string, string>();
  const batches: SeenBatch[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => sendJson(response, { error: { message: String(error) } }, 500));
  });
  const viewed = (batch: SeenBatch): MessageBatch => anthropicView(double.address, batch);
  let count = 0;
  const newName = (prefix: string): string => `${prefix}_${(count += 1)}`;

  /** Answers a request. Always returns true, so that a `case` can end with it. */
  async function answer(message: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const body = await bodyOf(message);
    const path = (message.url ?? '').replace(/\?.*$/, '');
    double.requests.push(`${message.method} ${path}`);
    const [, id = '', action = ''] = /^\/v1\/(?:messages\/)?(?:batches|files)\/([^/]+)\/?(\w*)$/.exec(path) ?? [];
    const batch = batches.find((one) => one.id === id);
    switch (`${message.method} ${path.replace(id === '' ? '\n' : `/${id}`, '/:id')}`) {
      case 'POST /v1/files':
        return sendJson(response, takeFile(message, body));
      case 'GET /v1/files/:id/content':
        return sendLines(response, files.get(id));
      case 'DELETE /v1/files/:id':
        return sendJson(response, { id, object: 'file', deleted: files.delete(id) } satisfies FileDeleted);
      case 'POST /v1/batches':
        return make(response, openAiBatch(JSON.parse(body.toString())), openAiView);
      case 'GET /v1/batches':
        return sendJson(response, { object: 'list', data: [...batches].reverse().map(openAiView), has_more: false });
      case 'POST /v1/messages/batches':
        return make(response, anthropicBatch(JSON.parse(body.toString())), viewed);
      case 'GET /v1/messages/batches':
        return sendJson(response, { data: [...batches].reverse().map(viewed), has_more: false });
      case 'POST /v1/chat/completions':
      case 'POST /v1/messages':
      case 'POST /v1/responses':
        double.ordinary.push(JSON.parse(body.toString()));
        return sendStream(response);
      default:
        if (batch === undefined) return sendJson(response, { error: { message: 'No such batch.' } }, 404);
        if (message.method === 'DELETE') {
          batches.splice(batches.indexOf(batch), 1);
          files.delete(`output-${id}`);
          files.delete(`errors-${id}`);
          return sendJson(response, { id, type: 'message_batch_deleted' });
        }
        if (action === 'results') return sendLines(response, batch.output);
        if (action === 'cancel') batch.status = 'cancelled';
        return sendJson(response, path.includes('/messages/') ? viewed(batch) : openAiView(batch));
    }
  }

  function takeFile(message: IncomingMessage, body: Buffer): FileObject {
    const [, boundary = ''] = /boundary=(.+)$/.exec(message.headers['content-type'] ?? '') ?? [];
    const part =
      body
        .toString()
        .split(`--${boundary}`)
        .find((text) => text.includes('name="file"')) ?? '';
    const [, filename = ''] = /filename="([^"]*)"/.exec(part) ?? [];
    const content = part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, '');
    const id = newName('file');
    files.set(id, content);
    return {
      id,
      object: 'file',
      bytes: content.length,
      created_at: now(),
      filename,
      purpose: 'batch',
      // The official type requires it.
      // oxlint-disable-next-line typescript/no-deprecated
      status: 'processed',
    };
  }

  function openAiBatch(asked: { input_file_id: string; metadata?: Record<string, string> }): SeenBatch {
    const calls = (files.get(asked.input_file_id) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { custom_id: string; url: string; body: unknown })
      .map(({ custom_id: id, url, body }) => ({ id, url, body }));
    const ownId = asked.metadata?.['heddle_batch'];
    return { id: newName('batch'), ownId, calls, status: 'in_progress', output: '', errors: '' };
  }

  function anthropicBatch(asked: { requests: { custom_id: string; params: unknown }[] }): SeenBatch {
    const calls = asked.requests.map(({ custom_id: id, params: body }) => ({ id, url: '/v1/messages', body }));
    return { id: newName('msgbatch'), ownId: undefined, calls, status: 'in_progress', output: '', errors: '' };
  }

  function make(response: ServerResponse, batch: SeenBatch, view: (batch: SeenBatch) => object): boolean {
    batches.push(batch);
    if (double.endsAtOnce) endBatch(batch);
    if (double.holdsReplies) return false;
    if (double.lostReplies > 0) {
      double.lostReplies -= 1;
      response.destroy();
      return false;
    }
    return sendJson(response, view(batch));
  }

  function endBatch(batch: SeenBatch): void {
    if (batch.status !== 'in_progress') return;
    const lines = batch.calls.map((call) => lineOf(call, double.fateOf(call)));
    const isOutput = (line: (typeof lines)[number]): boolean => line.isAnswer || call0(batch) === '/v1/messages';
    batch.output = lines
      .filter(isOutput)
      .map(({ text }) => `${text}\n`)
      .join('');
    batch.errors = lines
      .filter((line) => !isOutput(line))
      .map(({ text }) => `${text}\n`)
      .join('');
    batch.status = lines.some(({ hasExpired }) => hasExpired) ? 'expired' : 'completed';
    files.set(`output-${batch.id}`, batch.output);
    files.set(`errors-${batch.id}`, batch.errors);
  }

  const double: BatchProvider = {
    address: '',
    batches,
    files,
    ordinary: [],
    requests: [],
    endsAtOnce: false,
    lostReplies: 0,
    holdsReplies: false,
    fateOf: () => 'answer',
    end: () => batches.forEach(endBatch),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(double, { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

const call0 = ({ calls }: SeenBatch): string => calls[0]?.url ?? '';

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function openAiView({ id, ownId, status, calls, output, errors }: SeenBatch): Batch {
  const hasEnded = status !== 'in_progress';
  return {
    id,
    object: 'batch',
    endpoint: calls[0]?.url ?? '/v1/chat/completions',
    completion_window: '24h',
    created_at: now(),
    input_file_id: `input-${id}`,
    status,
    ...(hasEnded && output !== '' ? { output_file_id: `output-${id}` } : {}),
    ...(hasEnded && errors !== '' ? { error_file_id: `errors-${id}` } : {}),
    metadata: ownId === undefined ? null : { heddle_batch: ownId },
    request_counts: { total: calls.length, completed: 0, failed: 0 },
  };
}

function anthropicView(address: string, { id, status, calls }: SeenBatch): MessageBatch {
  const hasEnded = status !== 'in_progress';
  const time = new Date().toISOString();
  return {
    id,
    type: 'message_batch',
    archived_at: null,
    cancel_initiated_at: null,
    created_at: time,
    ended_at: hasEnded ? time : null,
    expires_at: time,
    processing_status: hasEnded ? 'ended' : 'in_progress',
    request_counts: {
      processing: hasEnded ? 0 : calls.length,
      succeeded: hasEnded ? calls.length : 0,
      canceled: 0,
      errored: 0,
      expired: 0,
    },
    results_url: hasEnded ? `${address}/v1/messages/batches/${id}/results` : null,
  };
}

interface AnswerLine {
  readonly text: string;
  readonly isAnswer: boolean;
  readonly hasExpired: boolean;
}

function lineOf(call: SeenCall, fate: CallFate): AnswerLine {
  const isAnswer = fate === 'answer';
  const value = call.url === '/v1/messages' ? anthropicLine(call, fate) : openAiLine(call, fate);
  return { text: JSON.stringify(value), isAnswer, hasExpired: fate === 'expire' };
}

function openAiLine({ id, url, body }: SeenCall, fate: CallFate): object {
  if (fate === 'expire') {
    const error = {
      code: 'batch_expired',
      message: 'This request could not be executed before the completion window expired.',
    };
    return { id: `r-${id}`, custom_id: id, response: null, error };
  }
  if (fate !== 'answer') {
    const { status, param } = fate === 'error' ? { status: 400, param: null } : fate;
    const error = {
      message: `The call is refused: ${param ?? 'its input'}.`,
      type: 'invalid_request_error',
      param,
      code: null,
    };
    return {
      id: `r-${id}`,
      custom_id: id,
      response: { status_code: status, request_id: 'r', body: { error } },
      error: null,
    };
  }
  const answer = url === '/v1/responses' ? responseOf(body) : completionOf(body);
  return { id: `r-${id}`, custom_id: id, response: { status_code: 200, request_id: 'r', body: answer }, error: null };
}

function anthropicLine({ id, body }: SeenCall, fate: CallFate): MessageBatchIndividualResponse {
  if (fate === 'expire') return { custom_id: id, result: { type: 'expired' } };
  if (fate !== 'answer') {
    const message = `The call is refused${typeof fate === 'object' ? `: ${fate.param}` : ''}.`;
    const error = { type: 'error', request_id: null, error: { type: 'invalid_request_error', message } } as const;
    return { custom_id: id, result: { type: 'errored', error } };
  }
  return { custom_id: id, result: { type: 'succeeded', message: messageOf(body) } };
}

/** The answer of the double's model. */
export const batchedAnswer = (question: string): string => `Answered in a batch: ${question}`;

function completionOf(body: AnyBody): ChatCompletion {
  const content = batchedAnswer(String(body.messages.at(-1).content));
  const message = { role: 'assistant', content, refusal: null } as const;
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: now(),
    model: body.model,
    choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message }],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  };
}

function responseOf(body: AnyBody): Partial<OpenAiResponse> {
  const last = body.input.at(-1).content;
  const text = batchedAnswer(typeof last === 'string' ? last : String(last[0].text));
  return {
    id: 'resp_1',
    object: 'response',
    model: body.model,
    status: 'completed',
    output: [
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text, annotations: [] }],
      },
    ],
    usage: {
      input_tokens: 100,
      output_tokens: 10,
      total_tokens: 110,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  };
}

function messageOf(body: AnyBody): Message {
  const last = body.messages.at(-1).content;
  const text = batchedAnswer(typeof last === 'string' ? last : String(last.at(-1).text));
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: [{ type: 'text', text, citations: null }],
    stop_reason: 'stop_sequence',
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 10 },
  } as unknown as Message; // Irrelevant fields are left out.
}

function sendJson(response: ServerResponse, body: object, status = 200): boolean {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
  return true;
}

function sendLines(response: ServerResponse, text: string | undefined): boolean {
  if (text === undefined) return sendJson(response, { error: { message: 'No such file.' } }, 404);
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  response.end(text);
  return true;
}

/** Sends a chat completion as a stream, for a call outside batches. */
function sendStream(response: ServerResponse): boolean {
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ content: 'Answered at once' }, null) + chunk({}, 'stop'));
  response.end(`data: ${JSON.stringify({ id: 'c', choices: [], usage })}\n\ndata: [DONE]\n\n`);
  return true;
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerEmbeddings } from '../chaos/embedder.js';

/** A server on loopback with an OpenAI-compatible chat completions API. */
export interface FakeProvider {
  readonly address: string;
  /** The model of each chat request that had the key. */
  readonly requestedModels: readonly string[];
  /** The last message of each chat request. */
  readonly questions: readonly unknown[];
  stop(): Promise<void>;
}

interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content?: unknown }[];
  readonly tools?: readonly unknown[];
}

interface FakeReplies {
  /** The answer to a question without tools; by default, one sentence. */
  readonly reply?: (question: string) => string;
  /** The duration of an answer in milliseconds. */
  readonly ms?: number;
}

/** How to answer, and where to record a request. */
interface AnswerParts {
  readonly requestedModels: string[];
  readonly questions: unknown[];
  readonly reply: (question: string) => string;
}

const models = ['small', 'large'];
const usage = { prompt_tokens: 400, completion_tokens: 60, total_tokens: 460 };

/** Starts a provider that lists two models to callers with the key, answers questions, and embeds texts. */
export async function startFakeProvider(
  key: string,
  { reply = () => 'Salaries are paid on the 27th.', ms = 0 }: FakeReplies = {},
): Promise<FakeProvider> {
  const requestedModels: string[] = [];
  const questions: unknown[] = [];
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/embeddings') === true) {
      answerEmbeddings(request, response, []);
      return;
    }
    readAll(request).then(
      (body) => setTimeout(() => answer(request, response, body, key, { requestedModels, questions, reply }), ms),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // the server listens on a port
  return {
    address: `http://127.0.0.1:${port}/v1`,
    requestedModels,
    questions,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  key: string,
  { requestedModels, questions, reply }: AnswerParts,
): void {
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (request.headers.authorization !== `Bearer ${key}`) {
    send(401, { error: { message: 'Wrong key', type: 'auth' } });
    return;
  }
  if (request.url?.endsWith('/models') === true) {
    send(200, { object: 'list', data: models.map((id) => ({ id, object: 'model' })) });
    return;
  }
  const { model, stream, messages = [], tools = [] } = JSON.parse(body) as ChatRequest;
  requestedModels.push(model);
  questions.push(messages.at(-1)?.content);
  // With tools, it first reasons at length and calls the first tool, and then answers at length.
  const isCalling = tools.length > 0 && !messages.some(({ role }) => role === 'tool');
  const content =
    tools.length > 0
      ? `${isCalling ? 'I think about it.' : 'It is 42.'} `.repeat(600)
      : reply(textOf(messages.at(-1)?.content));
  if (stream !== true) {
    send(200, {
      id: 'x',
      object: 'chat.completion',
      model,
      usage,
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (delta: object, finish: string | null): void => {
    const end = finish === null ? {} : { usage };
    const event = { id: 'x', object: 'chat.completion.chunk', model, ...end };
    response.write(`data: ${JSON.stringify({ ...event, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
  };
  chunk({ content }, null);
  if (isCalling)
    chunk(
      {
        tool_calls: [
          { index: 0, id: 'c1', type: 'function', function: { name: 'calculator', arguments: '{"expression":"6*7"}' } },
        ],
      },
      null,
    );
  chunk({}, isCalling ? 'tool_calls' : 'stop');
  response.end('data: [DONE]\n\n');
}

const textOf = (content: unknown): string => (typeof content === 'string' ? content : JSON.stringify(content));

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
}

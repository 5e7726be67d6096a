import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostileAnswer } from './share-documents.js';

interface ChatRequest {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** A model on loopback whose answer depends on the last message and says how many messages it received. */
export interface ShareProvider {
  readonly address: string;
  /** The requests, newest last. */
  readonly requests: readonly ChatRequest[];
  /** Continues all answers that wait. */
  continueAnswers(): void;
  stop(): Promise<void>;
}

/**
 * Starts the model. The message `slow` writes a little and waits, `fail` fails, and `attack` returns a hostile text. Any other message is
 * answered with its own text, some Markdown and a citation mark.
 */
export async function startShareProvider(): Promise<ShareProvider> {
  const requests: ChatRequest[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      if (request.url?.endsWith('/models') === true) {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ object: 'list', data: [{ id: 'small', object: 'model' }] }));
        return;
      }
      const sent = JSON.parse(body) as ChatRequest; // the server sends this format
      requests.push(sent);
      answer(response, sent, waiting);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // the server listens on a port
  return {
    address: `http://127.0.0.1:${port}/v1`,
    requests,
    continueAnswers: () => {
      for (const next of waiting) next();
      waiting.clear();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, { messages }: ChatRequest, waiting: Set<() => void>): void {
  const last = messages.at(-1)?.content ?? '';
  if (last.includes('fail')) {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: 'a secret of the provider', type: 'bad' } }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const say = (content: string): void => write(response, { content }, null);
  const end = (): void => {
    write(response, {}, 'stop');
    response.end('data: [DONE]\n\n');
  };
  if (last.includes('slow')) {
    say('First words. ');
    waiting.add(() => {
      say('Last words.');
      end();
    });
    return;
  }
  const text = last.includes('attack')
    ? hostileAnswer
    : `You said **${last}**. Salaries are paid on the 27th [1].\n\n- one\n- two\n\n| Month | Day |\n| --- | --- |\n| May | 27 |\n`;
  for (const piece of text.match(/[\s\S]{1,12}/g) ?? []) say(piece);
  end();
}

function write(response: ServerResponse, delta: object, finish: string | null): void {
  const usage = finish === null ? {} : { usage: { prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 } };
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const event = { id: 'x', object: 'chat.completion.chunk', model: 'small', ...usage, choices };
  response.write(`data: ${JSON.stringify(event)}\n\n`);
}

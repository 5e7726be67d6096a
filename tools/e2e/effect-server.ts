import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An external server that records its requests: posts, and calls of a model with an OpenAI-compatible API. */
export interface EffectServer {
  readonly address: string;
  readonly host: string;
  /** The arrival times of the effects with a name, in milliseconds of `performance.now()`. */
  effectsOf(name: string): readonly number[];
  /** Everything that it received, including headers. */
  readonly received: readonly string[];
  /** From now on, answers effects with this name with `enough`. */
  satisfy(name: string): void;
  close(): Promise<void>;
}

/** Starts the server on loopback. A post to `/NAME` and a prompt with the text NAME are effects with this name. */
export async function startEffectServer(): Promise<EffectServer> {
  const effects = new Map<string, number[]>();
  const satisfied = new Set<string>();
  const received: string[] = [];
  const note = (name: string): string => {
    const known = effects.get(name) ?? [];
    effects.set(name, known);
    known.push(performance.now());
    return satisfied.has(name) ? 'enough' : name;
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      received.push(JSON.stringify([request.method, request.url, request.headers, body]));
      const path = new URL(request.url ?? '/', 'http://x').pathname;
      if (path === '/v1/models') {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ object: 'list', data: [{ id: 'small', object: 'model' }] }));
        return;
      }
      if (path === '/v1/chat/completions') {
        const { messages } = JSON.parse(body) as { messages: readonly { content: unknown }[] };
        answerChat(response, note(String(messages.at(-1)?.content)));
        return;
      }
      if (path.startsWith('/fails')) {
        response.writeHead(500, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: `You sent ${JSON.stringify(request.headers)} ${body}` }));
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      const answer = JSON.stringify(note(path.slice(1)));
      // A short delay, so that a loop leaves processor time for others.
      setTimeout(() => response.end(answer), 5);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address: `http://${host}`,
    host,
    effectsOf: (name) => [...(effects.get(name) ?? [])],
    received,
    satisfy: (name) => void satisfied.add(name),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerChat(response: ServerResponse, text: string): void {
  const chunk = (delta: object, finish: string | null, more: object = {}) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'small', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ role: 'assistant', content: text }, null));
  response.write(chunk({}, 'stop', { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }));
  response.end('data: [DONE]\n\n');
}

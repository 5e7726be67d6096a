import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Makes the server refuse the request. */
interface Refusal {
  readonly status: number;
  readonly message: string;
}
/** The next reply of the model: a text, tool calls, or a refusal of the server. */
type Turn = string | readonly { readonly name: string; readonly args: unknown }[] | Refusal;
/** A reply, or a function whose promise delays it. */
export type ScriptedTurn = Turn | (() => Promise<Turn>);

/** An OpenAI-compatible server on this machine that gives the replies of a script in order and repeats the last one. */
export interface TestModelServer {
  readonly baseUrl: string;
  /** The requests in the order in which they came. */
  readonly requests: { readonly messages: readonly Record<string, unknown>[]; readonly tools?: readonly unknown[] }[];
  readonly headers: IncomingHttpHeaders[];
  close(): Promise<void>;
}

export async function startModelServer(script: readonly ScriptedTurn[]): Promise<TestModelServer> {
  const requests: TestModelServer['requests'] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      headers.push(request.headers);
      const next = script[Math.min(requests.length, script.length - 1)] ?? '';
      requests.push(JSON.parse(Buffer.concat(chunks).toString()) as TestModelServer['requests'][number]);
      void (typeof next === 'string' || typeof next === 'object' ? Promise.resolve(next) : next()).then(answer);
    });
    const answer = (turn: Turn): void => {
      if (typeof turn === 'object' && 'status' in turn) {
        response.writeHead(turn.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message: turn.message, type: 'refused' } }));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (choice: object, more: object = {}): void =>
        void response.write(
          `data: ${JSON.stringify({
            id: 'c',
            object: 'chat.completion.chunk',
            created: 1,
            model: 'scripted',
            choices: [{ index: 0, finish_reason: null, delta: {}, ...choice }],
            ...more,
          })}\n\n`,
        );
      if (typeof turn === 'string') send({ delta: { role: 'assistant', content: turn } });
      else
        turn.forEach(({ name, args }, index) => {
          const call = { index, id: `call-${requests.length}-${index}`, type: 'function' };
          const text = typeof args === 'string' ? args : JSON.stringify(args);
          send({ delta: { role: 'assistant', tool_calls: [{ ...call, function: { name, arguments: text } }] } });
        });
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
      send({ finish_reason: typeof turn === 'string' ? 'stop' : 'tool_calls' }, { usage });
      response.end('data: [DONE]\n\n');
    };
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    headers,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { Connection, type LanguageModel } from '@heddle/core';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { oneConnection } from './one-connection.js';

const Body = z.object({ model: z.string(), messages: z.array(z.object({ role: z.string(), content: z.unknown() })) });

/** A request to the provider: the model, and the last message of the user. */
export interface Asked {
  readonly model: string;
  readonly said: string;
}

/** A provider on this machine with OpenAI's API, which answers as a test defines and records its requests. */
export interface ScriptedProvider {
  readonly asked: readonly Asked[];
  /** Gives a model of the connection `openai`, which leads to the provider; its name includes the connection. */
  languageModel(id: string): Promise<LanguageModel>;
  close(): Promise<void>;
}

/** Starts the provider. `answer` returns the text of a reply, or a status that refuses the request. */
export async function startScriptedProvider(
  answer: (asked: Asked, call: number) => string | { readonly status: number },
): Promise<ScriptedProvider> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { model, messages } = Body.parse(JSON.parse(body));
      const last = messages.at(-1)?.content;
      const one = { model, said: typeof last === 'string' ? last : JSON.stringify(last) };
      asked.push(one);
      const reply = answer(one, asked.length);
      if (typeof reply !== 'string') {
        response.writeHead(reply.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message: 'refused by the test', type: 'x', param: null, code: null } }));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (choices: readonly object[], usage?: object): void =>
        void response.write(
          `data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model, choices, ...(usage === undefined ? {} : { usage }) })}\n\n`,
        );
      for (let at = 0; at < reply.length; at += 9)
        send([{ index: 0, delta: { content: reply.slice(at, at + 9) }, finish_reason: null }]);
      send([{ index: 0, delta: {}, finish_reason: 'stop' }]);
      send([], { prompt_tokens: one.said.length, completion_tokens: reply.length, total_tokens: 1 });
      response.end('data: [DONE]\n\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has an address of this type
  const connection = Connection.parse({
    id: 'openai',
    kind: 'openai-compatible',
    baseUrl: `http://127.0.0.1:${port}/v1`,
    attempts: 1,
    prices: [{ model: '*', inputPerMillion: 1, outputPerMillion: 2, asOf: '2026-11-24' }],
  });
  const hub = oneConnection(connection);
  return {
    asked,
    languageModel: (id) => hub.languageModel(id),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

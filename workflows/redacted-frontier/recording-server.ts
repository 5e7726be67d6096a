import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const Body = z.object({ messages: z.array(z.object({ role: z.string(), content: z.unknown() })) });

/** Starts a chat server on this machine that records every byte it receives and answers with the user's message, in small pieces. */
export async function startRecordingServer() {
  const received: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push(`${request.url ?? ''} ${JSON.stringify(request.headers)} ${body}`);
      const last = Body.parse(JSON.parse(body)).messages.at(-1)?.content;
      const said = typeof last === 'string' ? last : JSON.stringify(last);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (delta: object, finish: string | null): void =>
        void response.write(
          `data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'echo', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
        );
      for (let at = 0; at < said.length; at += 7) send({ content: said.slice(at, at + 7) }, null);
      send({}, 'stop');
      response.end('data: [DONE]\n\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has an address of this type
  return {
    address: `http://127.0.0.1:${port}/v1`,
    received: received as readonly string[],
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

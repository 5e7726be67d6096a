import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An external server that records everything it receives, and can echo it. */
export interface Receiver {
  readonly address: string;
  /** The host as the card of a secret names it. */
  readonly host: string;
  readonly port: number;
  /** Method, address and headers of each request. */
  readonly received: string[];
  /** Whether it received a text, also base64-encoded in a password. */
  hasSeen(text: string): boolean;
  close(): void;
}

/** Starts a receiver on this machine. @example const receiver = await startReceiver((_request, reply) => reply.end('ok')); */
export async function startReceiver(
  answer: (request: IncomingMessage, reply: ServerResponse) => void = (_request, reply) => void reply.end('ok'),
): Promise<Receiver> {
  const received: string[] = [];
  const server = createServer((request, reply) => {
    const basic = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64').toString();
    received.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${basic}`);
    request.resume();
    answer(request, reply);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    port,
    received,
    hasSeen: (text) => received.some((request) => request.includes(text)),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

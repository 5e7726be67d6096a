import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ReceivedMessage {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An external program that receives messages and returns rows. Tests can make it fail. */
export interface Receiver {
  readonly address: string;
  readonly host: string;
  readonly received: readonly ReceivedMessage[];
  /** Paths that answer with 500 as long as they are in this set. */
  readonly broken: Set<string>;
  close(): Promise<void>;
}

/** Starts the receiver on loopback. */
export async function startReceiver(): Promise<Receiver> {
  const received: ReceivedMessage[] = [];
  const broken = new Set<string>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      const path = request.url ?? '/';
      received.push({ path, headers: request.headers as Record<string, string>, body });
      response.writeHead(broken.has(path) ? 500 : 200, { 'content-type': 'text/plain' });
      response.end(broken.has(path) ? 'The shop is closed.' : `found ${path}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    received,
    broken,
    address: `http://${host}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

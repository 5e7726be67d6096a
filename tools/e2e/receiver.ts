import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message that was sent to the receiver. */
interface ReceivedMessage {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A program outside that takes messages and is asked for rows; it fails as it is told. */
export interface Receiver {
  readonly address: string;
  readonly host: string;
  readonly received: readonly ReceivedMessage[];
  /** Paths that answer 500 until they are mended. */
  readonly broken: Set<string>;
  close(): Promise<void>;
}

/** Starts one on loopback. */
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

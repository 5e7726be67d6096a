import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service with faults: `/unsteady/NAME` answers twice with 500 and then normally; `/slow` answers after ten seconds. */
interface UnsteadyServer {
  readonly address: string;
  readonly host: string;
  /** The idempotency keys of the requests to a path, in order. */
  keysOf(name: string): readonly string[];
  close(): Promise<void>;
}

/** Starts the service on loopback. */
export async function startUnsteadyServer(): Promise<UnsteadyServer> {
  const keys = new Map<string, string[]>();
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const name = (request.url ?? '/').slice(1);
      const known = keys.get(name) ?? [];
      keys.set(name, known);
      known.push(String(request.headers['idempotency-key'] ?? ''));
      response.setHeader('content-type', 'text/plain');
      if (name === 'slow') {
        const timer = setTimeout(() => response.end('At last.'), 10_000);
        response.on('close', () => clearTimeout(timer));
        return;
      }
      response.statusCode = known.length <= 2 ? 500 : 200;
      response.end(known.length <= 2 ? 'The service is not well.' : 'It is well again.');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address: `http://${host}`,
    host,
    keysOf: (name) => [...(keys.get(name) ?? [])],
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Posts to a path of the service and returns its answer. */
export const calling = (address: string, path: string) => ({
  heddle: 2,
  name: `Calls ${path}`,
  nodes: {
    who: { type: 'input', version: 1, title: 'Who', config: { fields: [{ name: 'name', type: 'Text' }] } },
    call: {
      type: 'http',
      version: 1,
      title: 'Call',
      config: { method: 'POST', url: `${address}/${path}`, body: { kind: 'text', text: '{{ name }}' } },
    },
    reply: { type: 'output', version: 1, title: 'Reply', config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [
    { from: 'who.name', to: 'call.name' },
    { from: 'call.body', to: 'reply.text' },
  ],
  layout: { nodes: { who: [0, 0], call: [320, 0], reply: [640, 0] }, notes: [], groups: [] },
});

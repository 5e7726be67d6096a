import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as the webhook received it. */
interface Received {
  readonly id: string;
  readonly runId: string;
  readonly type: string;
}

/** A server on loopback that receives webhook messages and records them. Tests decide whether it answers. */
interface WebhookReceiver {
  readonly address: string;
  readonly host: string;
  readonly received: readonly Received[];
  /** From now on, receives messages without answering them. */
  fallSilent(): void;
  answer(): void;
  close(): Promise<void>;
}

export async function openWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const held: ServerResponse[] = [];
  let isSilent = false;
  const server = createServer((request, reply) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const { type, data } = JSON.parse(text) as { type: string; data: { runId: string } };
      received.push({ id: String(request.headers['webhook-id']), runId: data.runId, type });
      if (isSilent) held.push(reply);
      else reply.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address: `http://${host}`,
    host,
    received,
    fallSilent: () => void (isSilent = true),
    answer() {
      isSilent = false;
      for (const reply of held.splice(0)) reply.end();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

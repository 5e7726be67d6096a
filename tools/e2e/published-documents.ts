import { post, type RawReply } from './server-calls.js';
import type { ServerProcess } from './start-server.js';

/** Posts once to an address that records requests. The post takes so long that a kill can hit it. */
export const oneEffect = (address: string, milliseconds = 40) => ({
  heddle: 2,
  name: 'One effect',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
    effect: {
      type: 'http',
      version: 1,
      config: { method: 'POST', url: `${address}/{{ name }}/effect?ms=${milliseconds}` },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'status', type: 'Json' }] } },
  },
  edges: [
    { from: 'who.name', to: 'effect.name' },
    { from: 'effect.status', to: 'reply.status' },
  ],
});

/** Stores a document under a slug and publishes it. */
export async function publish(server: ServerProcess, slug: string, document: unknown): Promise<void> {
  await done(post(server, '/api/workflows', { document, slug }));
  await done(post(server, `/api/workflows/${slug}/publish`, { acceptDataMap: true }));
}

/** Parses the body of a reply, which must be successful. */
export async function done<T = unknown>(reply: Promise<RawReply>): Promise<T> {
  const { status, text } = await reply;
  if (status < 200 || status > 299) throw new Error(`It was refused: ${status} ${text}`);
  return JSON.parse(text) as T;
}

import { talk, report } from './share-documents.js';
import { startShareProvider, type ShareProvider } from './share-provider.js';
import { startServer, type ServerProcess } from './start-server.js';

/** A server that publishes a chat and a form, and links to them. */
export interface SharePlace {
  readonly server: ServerProcess;
  readonly provider: ShareProvider;
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Makes a link and gives its address and token. */
  share(
    workflow: string,
    config?: object,
  ): Promise<{ readonly url: string; readonly token: string; readonly id: string }>;
  publish(slug: string, document: object): Promise<void>;
  stop(): Promise<void>;
}

/** Starts them. */
export async function openSharePlace(): Promise<SharePlace> {
  const provider = await startShareProvider();
  const server = await startServer();
  const call: SharePlace['call'] = async (method, path, body) => {
    const reply = await fetch(`${server.address}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>); // the server's own JSON
  };
  await call('POST', '/api/connections', {
    ...{ id: 'office', title: 'The office', kind: 'openai-compatible' },
    ...{ baseUrl: provider.address, isLocal: true },
  });
  const place: SharePlace = {
    server,
    provider,
    call,
    async publish(slug, document) {
      await call('POST', '/api/workflows', { document, slug });
      await call('POST', `/api/workflows/${slug}/publish`, { acceptDataMap: true });
    },
    async share(workflow, config = {}) {
      const made = await call('POST', `/api/workflows/${workflow}/shares`, { name: 'Link', ...config });
      const token = String(made['token']);
      return { url: `${server.address}/share/${token}`, token, id: String(made['id']) };
    },
    async stop() {
      await server.stop();
      await provider.stop();
    },
  };
  await place.publish('talk', talk());
  await place.publish('report', report);
  return place;
}

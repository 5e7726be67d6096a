import {
  BatchConfig,
  ShareConfig,
  splitModelId,
  WebhookConfig,
  type CollectionInfo,
  type Connection,
  type Destination,
  type LabelLevel,
  type NodeReference,
  type Receiver,
  type ToolServer,
} from '@heddle/core';
import type { ChannelStores } from '../channel-stores/open-channels.js';

/** The highest label level that may go to a web address. In a run, the fetcher of nodes enforces it. */
export const webClearance: LabelLevel = 'internal';

const local: Destination = { name: 'local', clearance: 'restricted', isLocal: true };

/** Finds the destination behind a name in a node's config. The compiler checks the labels of edges against it before a run. */
export function destinationsOf(
  connections: readonly Connection[],
  collections: readonly CollectionInfo[],
  toolServers: readonly ToolServer[] = [],
): (reference: NodeReference) => Destination | undefined {
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const labels = new Map(collections.map(({ name, label }) => [name, label]));
  const servers = new Map(toolServers.map((server) => [server.id, server]));
  return ({ kind, id }) => {
    switch (kind) {
      case 'model':
      case 'embedder':
      case 'reranker':
      case 'classifier': {
        const { connection } = splitModelId(id);
        return connection === undefined ? local : remote(id, byId.get(connection));
      }
      case 'connection':
        return remote(id, byId.get(id));
      case 'network':
        return { name: id === '*' ? 'web' : id, clearance: webClearance, isLocal: false };
      case 'collection': {
        const label = labels.get(id);
        return label === undefined ? undefined : { name: id, clearance: label.level, isLocal: true };
      }
      case 'tool': {
        const server = servers.get(id);
        return server === undefined ? undefined : { name: id, clearance: server.clearance, isLocal: server.isLocal };
      }
      case 'workflow':
      case 'secret':
      case 'policy':
      case 'person':
        return undefined;
    }
  };
}

const remote = (name: string, connection: Connection | undefined): Destination | undefined =>
  connection === undefined ? undefined : { name, clearance: connection.clearance, isLocal: connection.isLocal };

/** How many batches count: as many as the list shows. */
const shownBatches = 100;

/**
 * Where the outputs of a workflow go besides its callers, for the data map: webhooks, share pages of the live version, and downloads of
 * batches, one for each clearance.
 */
export async function receiversOf(
  workflowId: string,
  { store, batches }: Pick<ChannelStores, 'store' | 'batches'>,
): Promise<Receiver[]> {
  const webhooks = (await store.list('webhook', workflowId)).map(({ body }): Receiver => {
    const { name, url, clearance } = WebhookConfig.parse(body);
    return { kind: 'webhook', name: `${name} (${new URL(url).host})`, clearance };
  });
  const shares = (await store.list('share', workflowId)).flatMap(({ body }): Receiver[] => {
    const { name, version, clearance } = ShareConfig.parse(body);
    // A page that pins a version never shows the live one.
    return version === undefined ? [{ kind: 'share', name, clearance }] : [];
  });
  const clearances = new Set(
    (await batches.list(workflowId, shownBatches)).map(({ body }) => BatchConfig.parse(body).clearance),
  );
  const downloads = [...clearances]
    .sort()
    .map((clearance): Receiver => ({ kind: 'download', name: 'batches', clearance }));
  return [...webhooks, ...shares, ...downloads];
}

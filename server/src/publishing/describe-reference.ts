import { isToolName, splitModelId } from '@heddle/core';
import type { DescribeReference } from './pin-references.js';
import type { PublishingNeeds } from './create-publishing.js';

/**
 * What describes the things that a version refers to: a model's card with the hashes of its files, a connection without its
 * secrets, a collection by what its vectors are, a tool server by the definitions that were approved. Policies are named by their id.
 */
export function modelOfReference({
  parts,
  models,
  collections,
}: Pick<PublishingNeeds, 'parts' | 'models' | 'collections'>): DescribeReference {
  const connection = async (id: string): Promise<unknown> =>
    (await parts.connections.store.list()).find((candidate) => candidate.id === id);
  return async (kind, id) => {
    switch (kind) {
      case 'model': {
        const { connection: remote } = splitModelId(id);
        if (remote !== undefined) {
          const described = await connection(remote);
          return described === undefined ? undefined : { model: id, connection: described };
        }
        return (await models.list()).find(({ card }) => card.id === id)?.card;
      }
      case 'connection':
        return connection(id);
      case 'collection': {
        const info = (await collections.list()).find(({ name }) => name === id);
        if (info === undefined) return undefined;
        return { name: info.name, embedding: info.embedding, label: info.label };
      }
      case 'tool': {
        const { registry } = parts.tools;
        const approved = registry
          .tools()
          .filter(
            ({ name, server, standing }) => (isToolName(id) ? name === id : server === id) && standing === 'approved',
          );
        if (approved.length === 0) return undefined;
        return approved.map(({ name, hash, effects }) => ({ name, hash, effects }));
      }
      default:
        return { kind, id };
    }
  };
}

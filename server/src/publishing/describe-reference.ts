import { defaultProject, isToolName, splitModelId, type PinnedReference } from '@heddle/core';
import type { DescribeFor } from './pin-references.js';
import type { PublishingDependencies } from './create-publishing.js';

/**
 * What describes the things that a version refers to, as far as its project may use them: a model's card with the hashes of its files, a connection without its
 * secrets, a collection by what its vectors are, a tool server by the definitions that were approved. Policies are named by their id.
 */
export function modelOfReference({
  connections,
  tools,
  models,
  collections,
  grants,
  ownership,
}: Pick<
  PublishingDependencies,
  'connections' | 'tools' | 'models' | 'collections' | 'grants' | 'ownership'
>): DescribeFor {
  const connection = async (id: string): Promise<unknown> =>
    (await connections.store.list()).find((candidate) => candidate.id === id);
  return (workflowId) => async (kind, id) => {
    const project = ownership.projectsOf('workflow', workflowId)[0] ?? defaultProject;
    // What is not granted is described like what is not here.
    if (isGranted(kind) && !grants.hasReference(project, { kind, id })) return undefined;
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
        const { registry } = tools;
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

/** Kinds that projects use by a grant. */
const isGranted = (kind: PinnedReference['kind']): kind is 'model' | 'connection' | 'collection' | 'tool' =>
  kind === 'model' || kind === 'connection' || kind === 'collection' || kind === 'tool';

import type { ToolRegistry } from '@heddle/adapters/tools';
import {
  defaultProject,
  HeddleError,
  isToolName,
  splitModelId,
  type ConnectionStore,
  type PinnedReference,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import type { CollectionService } from '../collections/collection.service.js';
import type { ModelService } from '../models/model.service.js';
import type { DescribeFor } from './pin-references.js';

interface ReferenceSources {
  readonly connections: { readonly store: ConnectionStore };
  readonly tools: { readonly registry: ToolRegistry };
  readonly models: ModelService;
  readonly collections: CollectionService;
  readonly grants: ProjectGrants;
  readonly ownership: Ownership;
}

/**
 * Describes a resource that a version refers to, if its project may use it: a model by its card with the hashes of its files, a connection
 * without its secrets, a collection by its embedding and label, a tool server by its approved definitions, a policy by its id.
 */
export function modelOfReference({
  connections,
  tools,
  models,
  collections,
  grants,
  ownership,
}: ReferenceSources): DescribeFor {
  const connection = async (id: string): Promise<unknown> =>
    (await connections.store.list()).find((candidate) => candidate.id === id);
  return (workflowId) => async (kind, id) => {
    const project = ownership.projectsOf('workflow', workflowId)[0] ?? defaultProject;
    // A resource without a grant is described like one that does not exist.
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
        const { collections: found, unreachable } = await collections.survey();
        const info = found.find(({ name }) => name === id);
        const [away] = unreachable;
        // The collection may be in the store that does not answer.
        if (info === undefined && away !== undefined) throw new HeddleError('vector_store_unreachable', away.message);
        if (info === undefined) return undefined;
        return { name: info.name, embedding: info.embedding, label: info.label };
      }
      case 'tool': {
        const view = await tools.registry.view();
        const approved = view
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

const isGranted = (kind: PinnedReference['kind']): kind is 'model' | 'connection' | 'collection' | 'tool' =>
  kind === 'model' || kind === 'connection' || kind === 'collection' || kind === 'tool';

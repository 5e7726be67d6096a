import { HeddleError, type Resources, type ResourceKind, type ResourceMap, type Routing } from '@heddle/core';
import { isRemote } from './is-remote.js';
import type { HeddleParts } from './parts.js';

type Openers = { readonly [Kind in ResourceKind]: (id: string) => Promise<ResourceMap[Kind]> };

/** Binds what nodes ask for with `context.use` to the parts of this Heddle; each is opened at its first use. */
export function bindResources(
  parts: Pick<
    HeddleParts,
    | 'memory'
    | 'models'
    | 'connections'
    | 'collections'
    | 'documents'
    | 'files'
    | 'fetch'
    | 'sandbox'
    | 'blobs'
    | 'routing'
    | 'tools'
  >,
  routing: Routing,
): Resources {
  // A model of a connection is named `connection/model` (design §8); any other is one of this machine.
  const modelsOf = async (id: string) => (isRemote(id) ? parts.connections.hub : await parts.models.get());
  const openers: Openers = {
    languageModel: async (id) => (await modelsOf(id)).languageModel(id),
    embedder: async (id) => (await modelsOf(id)).embedder(id),
    reranker: async (id) => (await parts.models.get()).reranker(id),
    classifier: async (id) => (await modelsOf(id)).classifier(id),
    tokenizer: async (id) => (await modelsOf(id)).tokenizer(id),
    collection: async (id) => (await parts.collections.get()).open(id),
    documents: () => parts.documents.get(),
    files: () => parts.files.get(),
    fetch: () => parts.fetch.get(),
    sandbox: () => parts.sandbox.get(),
    blobs: () => Promise.resolve(parts.blobs),
    memory: () => (parts.memory === undefined ? unavailable('memory') : Promise.resolve(parts.memory)),
    cache: () => Promise.resolve(parts.routing.cache),
    tools: () => Promise.resolve(parts.tools.host),
    routing: () => Promise.resolve(routing),
  };
  return { use: (kind, ...args) => openers[kind](args[0] ?? '') };
}

function unavailable(kind: ResourceKind): Promise<never> {
  return Promise.reject(
    new HeddleError('resource_unavailable', `'${kind}' is not set up in this Heddle.`, { details: { kind } }),
  );
}

import { HeddleError, type Resources, type ResourceKind, type ResourceMap } from '@heddle/core';
import type { HeddleParts } from './parts.js';

type Openers = { readonly [Kind in ResourceKind]: (id: string) => Promise<ResourceMap[Kind]> };

/** Binds what nodes ask for with `context.use` to the parts of this Heddle; each is opened at its first use. */
export function bindResources(
  parts: Pick<HeddleParts, 'models' | 'collections' | 'documents' | 'files' | 'fetch' | 'sandbox' | 'blobs'>,
): Resources {
  const openers: Openers = {
    languageModel: async (id) => (await parts.models.get()).languageModel(id),
    embedder: async (id) => (await parts.models.get()).embedder(id),
    reranker: async (id) => (await parts.models.get()).reranker(id),
    classifier: async (id) => (await parts.models.get()).classifier(id),
    tokenizer: async (id) => (await parts.models.get()).tokenizer(id),
    collection: async (id) => (await parts.collections.get()).open(id),
    documents: () => parts.documents.get(),
    files: () => parts.files.get(),
    fetch: () => parts.fetch.get(),
    sandbox: () => parts.sandbox.get(),
    blobs: () => Promise.resolve(parts.blobs),
    memory: () => unavailable('memory'),
    cache: () => unavailable('cache'),
    tools: () => unavailable('tools'),
    routing: () => unavailable('routing'),
  };
  return { use: (kind, ...args) => openers[kind](args[0] ?? '') };
}

function unavailable(kind: ResourceKind): Promise<never> {
  return Promise.reject(
    new HeddleError('resource_unavailable', `'${kind}' is not set up in this Heddle.`, { details: { kind } }),
  );
}

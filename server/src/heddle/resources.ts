import { createHash } from 'node:crypto';
import {
  HeddleError,
  type CacheOwner,
  type Collection,
  type ResourceArguments,
  type ResourceKind,
  type ResourceMap,
  type Routing,
} from '@heddle/core';
import { authorisedResources, toolsOf, type AuthorisedResources } from '../authority/authorised-resources.js';
import { lentCollection } from '../authority/lent-collection.js';
import { createEditions } from '../authority/edition-of.js';
import { signedFetch } from '../secrets/signed-fetch.js';
import type { Authority } from '../authority/authority.js';
import type { ReaderNames } from '../auth/readers/reader-names.js';
import type { ChatToolsOfRun } from '../building/chat/chat-tools-of-run.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { projectBlobs } from '../calls/project-files.js';
import type { SecretAccess } from '../secrets/secret-access.js';
import { isRemote } from '../common/is-remote.js';
import { factsOfRun } from './facts-of-run.js';
import { memoryOfRun } from './memory-of-run.js';
import type { HeddleParts } from './parts.js';

type Openers = { readonly [Kind in ResourceKind]?: (id: string) => Promise<ResourceMap[Kind]> };

type ResourceParts = Pick<
  HeddleParts,
  | 'conversations'
  | 'facts'
  | 'models'
  | 'connections'
  | 'collections'
  | 'documents'
  | 'files'
  | 'fetch'
  | 'sandbox'
  | 'blobs'
  | 'routing'
  | 'journal'
  | 'tools'
>;

/** Provides the resources of `context.use`, each with the authority of the run that uses it. Parts are opened when they are first used. */
export function bindResources(
  parts: ResourceParts,
  routing: Routing,
  secrets: Pick<SecretAccess, 'credential'>,
  ownership: Pick<Ownership, 'projectsOf' | 'projectsOfFile' | 'commitOwner'>,
  readerNames: Pick<ReaderNames, 'ofRun'>,
  chatTools: Pick<ChatToolsOfRun, 'of'>,
): AuthorisedResources {
  const editionOf = createEditions(parts.journal);
  // A model of a connection is named `connection/model`; any other model is local.
  const modelsOf = async (id: string) => (isRemote(id) ? parts.connections.hub : await parts.models.get());
  const openers: Openers = {
    languageModel: async (id) => (await modelsOf(id)).languageModel(id),
    embedder: async (id) => (await modelsOf(id)).embedder(id),
    reranker: async (id) => (await modelsOf(id)).reranker(id),
    classifier: async (id) => (await modelsOf(id)).classifier(id),
    tokenizer: async (id) => (await modelsOf(id)).tokenizer(id),
    documents: () => parts.documents.get(),
    routing: () => Promise.resolve(routing),
  };
  const open = <Kind extends ResourceKind>(
    kind: Kind,
    ...args: ResourceArguments<Kind>
  ): Promise<ResourceMap[Kind]> => {
    const opener = openers[kind];
    return opener === undefined ? unavailable(kind) : opener(args[0] ?? '');
  };
  return authorisedResources(open, {
    collection: async (authority, id) => {
      const isOwn = ownership.projectsOf('collection', id).includes(authority.project);
      return collectionOfRun(authority, await (await parts.collections.get()).open(id), isOwn, readerNames);
    },
    fetch: async (authority) => signedFetch(authority, await parts.fetch.get(), secrets),
    files: async (authority) => (await parts.files.get())((folder) => authority.mayUse('folder', folder)),
    // The group keeps workflows apart, so that code of one does not block code of another.
    sandbox: async ({ workflow }) => {
      const sandbox = await parts.sandbox.get();
      return { run: (code, input, options) => sandbox.run(code, input, { ...options, group: workflow }) };
    },
    blobs: ({ project }) => Promise.resolve(projectBlobs(ownership, parts.blobs, project)),
    cache: async (authority) =>
      parts.routing.caches.of({ ...cacheOwnerOf(authority, readerNames), ...(await editionOf(authority.run)) }),
    memory: (authority) => memoryOfRun(authority, parts.conversations),
    facts: (authority) => factsOfRun(authority, parts.facts, parts.conversations),
    tools: (authority) =>
      Promise.resolve(chatTools.of(authority.run, authority.project) ?? toolsOf(authority, parts.tools.host)),
  });
}

/**
 * A collection as the subject of the run may read it, by the reader names that the subject has at each search. Nothing in the workflow can
 * change these names.
 */
function collectionOfRun(
  { run }: Pick<Authority, 'run'>,
  collection: Collection,
  isOwn: boolean,
  readerNames: Pick<ReaderNames, 'ofRun'>,
): Collection {
  const readable = collection.readableBy(() => readerNames.ofRun(run.caller, { isOwn }));
  return isOwn ? readable : lentCollection(readable);
}

const cacheOwnerOf = (
  { project, workflow, run }: Pick<Authority, 'project' | 'workflow' | 'run'>,
  readerNames: Pick<ReaderNames, 'ofRun'>,
): Pick<CacheOwner, 'project' | 'workflow' | 'audience'> => ({
  project,
  workflow,
  audience: async () => audienceOf(await readerNames.ofRun(run.caller, { isOwn: true })),
});

/** An id for all readers with the same names, who may share cached answers because they may read the same. */
const audienceOf = (names: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(names.toSorted())).digest('base64url');

function unavailable(kind: ResourceKind): Promise<never> {
  return Promise.reject(
    new HeddleError('resource_unavailable', `'${kind}' is not set up in this Heddle.`, { details: { kind } }),
  );
}

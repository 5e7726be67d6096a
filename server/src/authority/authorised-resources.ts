import {
  collectionNotFound,
  connectionNotFound,
  modelUnknown,
  splitModelId,
  toolServerNotFound,
  type Files,
  type ResourceArguments,
  type ResourceKind,
  type ResourceMap,
  type Tools,
} from '@heddle/core';
import type { Authority } from './authority.js';
import { grantOfModel } from './project-grants.js';

/** Opens the resources that depend on the project, for one authority. Resources of other kinds are the same for every run. */
type AuthorisedOpeners = {
  readonly [Kind in ResourceKind]?: (authority: Authority, id: string) => Promise<ResourceMap[Kind]>;
};

/** Looks up the resources that the nodes of a run name. Runs have no other access to them. */
export interface AuthorisedResources {
  /** Errors: those of the kind. A missing resource and one that is not granted give the same message. */
  use<Kind extends ResourceKind>(
    authority: Authority,
    kind: Kind,
    ...args: ResourceArguments<Kind>
  ): Promise<ResourceMap[Kind]>;
}

const modelKinds: ReadonlySet<ResourceKind> = new Set([
  'languageModel',
  'embedder',
  'reranker',
  'classifier',
  'tokenizer',
]);

/**
 * Looks up resources with the authority of a run. A resource that is not granted to its project is not found.
 *
 * @example await authorised.use(authority, 'collection', 'handbook')
 */
export function authorisedResources(
  open: <Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>) => Promise<ResourceMap[Kind]>,
  openers: AuthorisedOpeners,
): AuthorisedResources {
  return {
    async use(authority, kind, ...args) {
      const id = args[0] ?? '';
      if (modelKinds.has(kind)) checkModel(authority, id);
      else if (kind === 'collection' && !authority.mayUse('collection', id)) throw collectionNotFound(id);
      const opener = openers[kind];
      return opener === undefined ? open(kind, ...args) : opener(authority, id);
    },
  };
}

/** Errors: `connection_not_found`, `model_unknown`. */
export function checkModel(authority: Pick<Authority, 'mayUse'>, id: string): void {
  const needed = grantOfModel(id);
  if (authority.mayUse(needed.kind, needed.id)) return;
  const { connection } = splitModelId(id);
  throw connection === undefined ? modelUnknown(id) : connectionNotFound(connection);
}

/** The tool servers that one authority may use; a server without a grant does not exist for it. */
export function toolsOf(authority: Pick<Authority, 'mayUse'>, tools: Tools): Tools {
  const serverOf = (name: string): string => name.split('__')[0] ?? name;
  const check = (server: string): void => {
    if (!authority.mayUse('tool', server)) throw toolServerNotFound(server);
  };
  return {
    destinationOf: async (name) => (authority.mayUse('tool', serverOf(name)) ? tools.destinationOf(name) : undefined),
    async list(servers) {
      servers.forEach(check);
      return tools.list(servers);
    },
    known: (servers) => {
      servers.forEach(check);
      return tools.known?.(servers) ?? Promise.resolve([]);
    },
    admit: tools.admit === undefined ? undefined : (name) => tools.admit?.(name) ?? Promise.resolve(),
    async call(name, args, options) {
      check(serverOf(name));
      return tools.call(name, args, options);
    },
  };
}

/** Returns the files that one authority may read: only those in folders granted to its project. */
export type FilesOf = (allows: (folder: string) => boolean) => Files;

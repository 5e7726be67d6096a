import type { Collection } from './collection.js';
import type { Documents } from './documents.js';
import type { Blobs, Cache, Memory, SafeFetch, Sandbox, Tools } from './effects.js';
import type { Files } from './files.js';
import type { Classifier, Embedder, Reranker, Tokenizer } from './embedding.js';
import type { LanguageModel } from './language-model.js';

/** Everything that `context.use` can give, by kind. */
export interface ResourceMap {
  languageModel: LanguageModel;
  embedder: Embedder;
  reranker: Reranker;
  classifier: Classifier;
  tokenizer: Tokenizer;
  collection: Collection;
  documents: Documents;
  files: Files;
  fetch: SafeFetch;
  sandbox: Sandbox;
  blobs: Blobs;
  memory: Memory;
  cache: Cache;
  tools: Tools;
}
export type ResourceKind = keyof ResourceMap;

/** Kinds that are asked for by id. */
export type NamedResourceKind = 'languageModel' | 'embedder' | 'reranker' | 'classifier' | 'tokenizer' | 'collection';

/** The arguments of `use` after the kind: an id where the kind has one. */
export type ResourceArguments<Kind extends ResourceKind> = Kind extends NamedResourceKind ? [id: string] : [];

/** What a host binds resources with. Errors: `resource_unavailable`, and the resource's own. */
export interface Resources {
  use<Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]>;
}

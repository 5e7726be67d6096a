import type { Collection } from './collection.js';
import type { Documents } from './documents.js';
import type { Blobs, Cache, Memory, SafeFetch, Sandbox, Tools } from './effects.js';
import type { Files } from './files.js';
import type { Classifier, Embedder, Reranker, Tokenizer } from './embedding.js';
import type { RunRecord } from '../events/events.js';
import type { Answer, Question } from '../node/node-context.js';
import type { Label } from '../labels/label.js';
import type { RunAcceptance } from './journal.js';
import type { LanguageModel } from './language-model.js';
import type { Routing } from './routing.js';

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
  routing: Routing;
}
export type ResourceKind = keyof ResourceMap;

/** Kinds that are asked for by id. */
export type NamedResourceKind = 'languageModel' | 'embedder' | 'reranker' | 'classifier' | 'tokenizer' | 'collection';

/** The arguments of `use` after the kind: an id where the kind has one. */
export type ResourceArguments<Kind extends ResourceKind> = Kind extends NamedResourceKind ? [id: string] : [];

/** The execution that asks for a resource: what budgets, statistics, the audit record and emergency stops go by. */
export interface CallScope {
  readonly runId: string;
  readonly path: string;
  readonly attempt: number;
  /** The run as it was accepted: workflow, version, trigger, caller. */
  readonly run: RunAcceptance;
  readonly signal: AbortSignal;
  /** Join of the labels of everything the execution has used so far. */
  readonly label: Label;
  /** Ids of the passages that the execution answers from: the nearest ones before it. None where it has none. */
  passages(): readonly string[];
  /**
   * Asks a person in the name of the execution, before a call that needs it, as `context.ask` does: without an answer the execution
   * parks. Left out where nobody can be asked.
   */
  ask?(key: string, question: Question): Promise<Answer>;
  /** Writes a record of the run, with the next commit. */
  record(record: ScopeRecord): void;
}

type WithoutExecution<R> = R extends unknown ? Omit<R, 'path' | 'attempt' | 'time'> : never;

/** What a host may write into a run: calls of models and tools, and decisions about them. */
export type ScopeRecord = WithoutExecution<Extract<RunRecord, { type: 'model-call' | 'tool-call' | 'node-decision' }>>;

/** What a host binds resources with. Errors: `resource_unavailable`, and the resource's own. */
export interface Resources {
  use<Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]>;
  /** The same for one execution; asked for when it first uses something. Left out where the host does not tell executions apart. */
  scoped?(scope: CallScope): Resources;
}

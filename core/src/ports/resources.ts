import type { Collection } from './collection.js';
import type { Documents } from './documents.js';
import type { Blobs, Cache, Memory, SafeFetch, Sandbox, Tools } from './effects.js';
import type { Facts } from './memory/facts.js';
import type { Files } from './files.js';
import type { Classifier, Embedder, Reranker, Tokenizer } from './models/embedding.js';
import type { RunRecord } from '../events/events.js';
import type { Answer, Question } from '../node/question.js';
import type { Label } from '../labels/label.js';
import type { RunAcceptance } from './journal.js';
import type { LanguageModel } from './models/language-model.js';
import type { Routing } from './routing.js';

/** The resources that `context.use` returns, by kind. */
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
  facts: Facts;
  cache: Cache;
  tools: Tools;
  routing: Routing;
}
/** A kind of resource. */
export type ResourceKind = keyof ResourceMap;

/** Kinds that need an id. */
type NamedResourceKind = 'languageModel' | 'embedder' | 'reranker' | 'classifier' | 'tokenizer' | 'collection';

/** The arguments of `use` after the kind: the id, if the kind needs one. */
export type ResourceArguments<Kind extends ResourceKind> = Kind extends NamedResourceKind ? [id: string] : [];

/** The execution that uses a resource: for budgets, statistics, the audit log and kill switches. */
export interface CallScope {
  readonly runId: string;
  readonly path: string;
  readonly attempt: number;
  /** Attempts that failed before this one. An attempt after a suspension is no failure of the one before. Missing for none. */
  readonly failures?: number;
  /** The run as accepted: workflow, version, trigger, caller. */
  readonly run: RunAcceptance;
  readonly signal: AbortSignal;
  /** Join of the labels of everything that the execution has used so far. */
  readonly label: Label;
  /** Ids of the passages that the answer is based on: the nearest passages before this execution; empty if there are none. */
  passages(): readonly string[];
  /**
   * Makes a human input request for the execution before a call that needs it, like `context.requestInput`: without an answer the execution
   * suspends. Missing if no one can answer.
   */
  requestInput?(key: string, question: Question): Promise<Answer>;
  /**
   * Suspends the execution for a call that is answered later, like `context.sleep`: until the time, or until the host wakes it. Missing where
   * nothing can suspend.
   */
  sleep?(until: number): Promise<void>;
  /** Writes a record of the run with the next commit. */
  record(record: ScopeRecord): void;
}

type WithoutExecution<R> = R extends unknown ? Omit<R, 'path' | 'attempt' | 'time'> : never;

/** What a host may write to a run: model calls, tool calls, and decisions about them and about where data goes. */
export type ScopeRecord = WithoutExecution<
  Extract<RunRecord, { type: 'model-call' | 'tool-call' | 'node-decision' | 'label-decision' }>
>;

/** The host's resources. Errors: `resource_unavailable`, and those of the resource. */
export interface Resources {
  use<Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]>;
  /** The resources for one execution, created at its first use. Missing if the host does not distinguish executions. */
  scoped?(scope: CallScope): Resources;
}

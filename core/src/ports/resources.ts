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

type NamedResourceKind = 'languageModel' | 'embedder' | 'reranker' | 'classifier' | 'tokenizer' | 'collection';

/** The arguments of `use` after the kind: the id, if the kind needs one. */
export type ResourceArguments<Kind extends ResourceKind> = Kind extends NamedResourceKind ? [id: string] : [];

/** The execution that uses a resource: for budgets, statistics, the audit log and kill switches. */
export interface CallScope {
  readonly runId: string;
  readonly path: string;
  readonly attempt: number;
  /**
   * Number of earlier failed attempts. An attempt that resumes after a suspension does not count the suspended attempt as failed. Missing:
   * none.
   */
  readonly failures?: number;
  /** The run as accepted: workflow, version, trigger, caller. */
  readonly run: RunAcceptance;
  readonly signal: AbortSignal;
  /** Join of the labels of everything that the execution has used so far. */
  readonly label: Label;
  /**
   * Returns the ids of the passages that the answer is based on: the first passages that are found when each input is followed back. Empty if
   * there are none.
   */
  passages(): readonly string[];
  /**
   * Makes a human input request before a call that needs one, like `context.requestInput`: the execution is suspended until it is answered.
   * Missing if nobody can answer.
   */
  requestInput?(key: string, question: Question): Promise<Answer>;
  /**
   * Suspends the execution for a call that is answered later, like `context.sleep`: until the given time, or until the host wakes it.
   * Missing if the execution cannot be suspended.
   */
  sleep?(until: number): Promise<void>;
  record(record: ScopeRecord): void;
}

type WithoutExecution<R> = R extends unknown ? Omit<R, 'path' | 'attempt' | 'time'> : never;

/** Records that a host may write to a run: model calls, tool calls, and decisions about them and about destinations. */
export type ScopeRecord = WithoutExecution<
  Extract<RunRecord, { type: 'model-call' | 'tool-call' | 'node-decision' | 'label-decision' }>
>;

/** The host's resources. Errors: `resource_unavailable`, and those of the resource. */
export interface Resources {
  use<Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]>;
  /**
   * Returns the resources for one execution; called at the execution's first use of a resource. Missing if the host does not distinguish
   * executions.
   */
  scoped?(scope: CallScope): Resources;
}

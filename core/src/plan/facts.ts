import type { WorkflowDocument } from '../document/workflow-document.js';
import type { NodeReference } from '../node/node-definition.js';
import type { Destination } from '../ports/destination.js';
import type { FindPrompt } from '../quality/prompts/fill-prompts.js';
import type { Label, LabelLevel } from '../labels/label.js';

/** What the compiler knows about the world outside the document. Every fact is optional. */
export interface CompileFacts {
  /** The prompt version that a reference selects; undefined if there is none. Without this function, the texts in the document are used. */
  prompt?: FindPrompt;
  /** The document of a workflow by slug; undefined if it does not exist. */
  workflow?(slug: string): WorkflowDocument | undefined;
  /** Labels of collections by name. */
  readonly collections?: ReadonlyMap<string, Label>;
  /** The clearance of models and connections by id. An id without an entry may get every level. */
  readonly clearances?: ReadonlyMap<string, LabelLevel>;
  /** The destination of the data that a node sends to a reference; undefined if it is not known. It takes precedence over `clearances`. */
  destination?(reference: NodeReference): Destination | undefined;
  /** Where a search of a collection sends questions and passages: models on other machines. */
  searchModels?(collection: string): readonly Destination[];
  /** The model that answers requests of a tool server (sampling); undefined if the server may not ask. */
  samplingModel?(server: string): string | undefined;
  /** What is wrong with a tool server or with a tool `server__tool`; undefined if nothing is. */
  toolProblem?(id: string): { readonly message: string; readonly fix: string } | undefined;
  /** What is wrong with a model of any kind; undefined if nothing is. */
  modelProblem?(id: string): { readonly message: string; readonly fix: string } | undefined;
  /** What is wrong with a secret, or with the host that would receive it; undefined if nothing is. */
  secretProblem?(
    reference: NodeReference,
  ): { readonly code: 'reference-missing' | 'secret-host'; readonly message: string; readonly fix: string } | undefined;
  /** What is wrong with a named person; undefined if nothing is. */
  personProblem?(name: string): { readonly message: string; readonly fix: string } | undefined;
  /** The lowest label of what the tools of a server return. */
  readonly toolLabels?: ReadonlyMap<string, Label>;
  /** Receivers of the runs' outputs, other than their callers. */
  readonly receivers?: readonly Receiver[];
  /** The ids that exist, by kind. A reference to any other id gives a warning; a kind without an entry is not checked. */
  readonly known?: Readonly<Partial<Record<'model' | 'collection', ReadonlySet<string>>>>;
}

/** A receiver of outputs: a webhook, a share page, or the downloaded file of a batch. */
export interface Receiver {
  readonly kind: 'webhook' | 'share' | 'download';
  readonly name: string;
  readonly clearance: LabelLevel;
}

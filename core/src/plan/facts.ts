import type { WorkflowDocument } from '../document/workflow-document.js';
import type { NodeReference } from '../node/node-definition.js';
import type { Destination } from '../ports/destination.js';
import type { Label, LabelLevel } from '../labels/label.js';

/** What the compiler is told about the world outside the document (B4). Everything may be left out. */
export interface CompileFacts {
  /** The document of a workflow that configs refer to by slug; undefined where there is none. */
  workflow?(slug: string): WorkflowDocument | undefined;
  /** Labels of collections by name. */
  readonly collections?: ReadonlyMap<string, Label>;
  /** The strictest level that a model or connection may be given, by id; ids left out take everything. */
  readonly ceilings?: ReadonlyMap<string, LabelLevel>;
  /** Where data goes that a node hands to what it refers to; undefined where that is not known. Counts before `ceilings`. */
  destination?(reference: NodeReference): Destination | undefined;
  /** What is wrong with a tool server, or with a tool `server__tool`, that configs refer to; undefined where nothing is. */
  toolProblem?(id: string): { readonly message: string; readonly fix: string } | undefined;
  /** What is wrong with a model that configs name, of whichever kind; undefined where nothing is. */
  modelProblem?(id: string): { readonly message: string; readonly fix: string } | undefined;
  /** What is wrong with a secret that configs refer to, or with the host that it would be sent to; undefined where nothing is. */
  secretProblem?(
    reference: NodeReference,
  ): { readonly code: 'reference-missing' | 'secret-host'; readonly message: string; readonly fix: string } | undefined;
  /** What is wrong with a person that configs name; undefined where nothing is. */
  personProblem?(name: string): { readonly message: string; readonly fix: string } | undefined;
  /** What tools of a server give carries at least this. */
  readonly toolLabels?: ReadonlyMap<string, Label>;
  /** Where outputs of its runs go beside their callers. */
  readonly receivers?: readonly Receiver[];
  /** Ids that exist, by kind: references to others give a warning. Kinds left out are not checked. */
  readonly known?: Readonly<Partial<Record<'model' | 'collection', ReadonlySet<string>>>>;
}

/** A webhook that is told of runs, a page by whose link others run it, or the file of a batch. */
export interface Receiver {
  readonly kind: 'webhook' | 'share' | 'download';
  readonly name: string;
  readonly ceiling: LabelLevel;
}

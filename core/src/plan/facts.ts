import type { WorkflowDocument } from '../document/workflow-document.js';
import type { Label } from '../labels/label.js';

/** What the compiler is told about the world outside the document (B4). Everything may be left out. */
export interface CompileFacts {
  /** The document of a workflow that configs refer to by slug; undefined where there is none. */
  workflow?(slug: string): WorkflowDocument | undefined;
  /** Labels of collections by name. */
  readonly collections?: ReadonlyMap<string, Label>;
  /** Ids that exist, by kind: references to others give a warning. Kinds left out are not checked. */
  readonly known?: Readonly<Partial<Record<'model' | 'collection', ReadonlySet<string>>>>;
}

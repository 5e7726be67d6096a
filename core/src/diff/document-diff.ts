import type { WordChange } from './diff-words.js';

/** A changed field. `path` is the dotted path inside its owner, such as `config.model`. A missing side had no such field. */
export interface FieldChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** For texts: the changes word by word. */
  readonly words?: readonly WordChange[];
}

/** A changed node. A renamed node kept its type, settings and edges; `from` is its old id. */
export interface NodeChange {
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed' | 'renamed';
  readonly from?: string;
  readonly type: string;
  readonly fields: readonly FieldChange[];
}

/** A changed edge, by its id `from->to`. */
export interface EdgeChange {
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: readonly FieldChange[];
}

/** The changes between two graphs; layout changes are separate. */
export interface GraphDiff {
  readonly nodes: readonly NodeChange[];
  readonly edges: readonly EdgeChange[];
  readonly isLayoutChanged: boolean;
}

/** A changed workflow inside the document. */
export interface InnerChange extends GraphDiff {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: readonly FieldChange[];
}

/** The changes between two documents. */
export interface DocumentDiff extends GraphDiff {
  /** Fields of the workflow itself: name, description. */
  readonly fields: readonly FieldChange[];
  readonly workflows: readonly InnerChange[];
  /** Whether only the layout differs. */
  readonly isSame: boolean;
}

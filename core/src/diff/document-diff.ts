import type { WordChange } from './diff-words.js';

/** One field that differs. `path` is dotted inside the thing it belongs to, such as `config.model`; a side left out had no such field. */
export interface FieldChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** For texts: what changed word by word. */
  readonly words?: readonly WordChange[];
}

/** A node that differs. A renamed one kept its type, settings and place in the graph; `from` is its id before. */
export interface NodeChange {
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed' | 'renamed';
  readonly from?: string;
  readonly type: string;
  readonly fields: readonly FieldChange[];
}

/** An edge that differs, by its id `from->to`. */
export interface EdgeChange {
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: readonly FieldChange[];
}

/** What differs between two graphs in meaning; where things stand on the canvas is told apart. */
export interface GraphDiff {
  readonly nodes: readonly NodeChange[];
  readonly edges: readonly EdgeChange[];
  readonly isLayoutChanged: boolean;
}

/** A workflow inside the document that differs. */
export interface InnerChange extends GraphDiff {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: readonly FieldChange[];
}

/** What differs between two documents. */
export interface DocumentDiff extends GraphDiff {
  /** Of the workflow itself: name, description. */
  readonly fields: readonly FieldChange[];
  readonly workflows: readonly InnerChange[];
  /** Nothing but the layout differs. */
  readonly isSame: boolean;
}

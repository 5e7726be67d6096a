import type { DocumentEdge } from '@heddle/core';
import type { Edge, Node } from '@xyflow/react';

type Nothing = Record<string, never>;
/** What stands on the canvas carries nothing: each reads its slice of the document by id. */
export type CardNode = Node<Nothing, 'card'>;
export type NoteNode = Node<Nothing, 'note'>;
export type GroupNode = Node<Nothing, 'frame' | 'folded'>;
export type FlowNode = CardNode | NoteNode | GroupNode;

/** An end of a thread in the document, also where the thread is drawn to a folded group. */
export interface ThreadEnd {
  readonly node: string;
  readonly port: string;
}

export interface ThreadData extends Record<string, unknown> {
  readonly from: ThreadEnd;
  readonly to: ThreadEnd;
  readonly loop: DocumentEdge['loop'];
}
export type FlowEdge = Edge<ThreadData, 'thread'>;

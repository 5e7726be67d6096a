import type { DocumentEdge } from '@heddle/core';
import type { Edge, Node } from '@xyflow/react';

type Nothing = Record<string, never>;
/** Canvas elements carry no data: each reads its part of the document by id. */
export type CardNode = Node<Nothing, 'card'>;
type NoteNode = Node<Nothing, 'note'>;
export type GroupNode = Node<Nothing, 'frame' | 'folded'>;
export type FlowNode = CardNode | NoteNode | GroupNode;

/** An end of an edge in the document. It stays the same when the edge is drawn to a collapsed group. */
interface EdgeEnd {
  readonly node: string;
  readonly port: string;
}

export interface EdgeData extends Record<string, unknown> {
  readonly from: EdgeEnd;
  readonly to: EdgeEnd;
  readonly loop: DocumentEdge['loop'];
}
export type FlowEdge = Edge<EdgeData, 'edge'>;

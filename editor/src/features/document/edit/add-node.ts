import type { NodeDescription, WorkflowDocument } from '@heddle/core';
import { withPositions } from '../layout/layout-of.js';
import { freeNodeId, hasNode } from './node-ids.js';

/** Adds a node of a type at a position, with its default settings. Also returns the new id. */
export function addNode(
  document: WorkflowDocument,
  description: NodeDescription,
  at: readonly [number, number],
): { readonly document: WorkflowDocument; readonly id: string } {
  const id = freeNodeId(description.type, (candidate) => hasNode(document, candidate));
  const node = { type: description.type, version: description.version, config: description.defaults };
  return {
    id,
    document: withPositions({ ...document, nodes: { ...document.nodes, [id]: node } }, new Map([[id, at]])),
  };
}

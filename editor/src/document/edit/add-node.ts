import type { NodeDescription, WorkflowDocument } from '@heddle/core';
import { withPlaces } from './layout-of.js';
import { freeNodeId, hasNode } from './node-ids.js';

/** Puts a new node of a type at a place, set as its defaults say; gives its id too. */
export function addNode(
  document: WorkflowDocument,
  description: NodeDescription,
  at: readonly [number, number],
): { readonly document: WorkflowDocument; readonly id: string } {
  const id = freeNodeId(description.type, (candidate) => hasNode(document, candidate));
  const node = { type: description.type, version: description.version, config: description.defaults };
  return { id, document: withPlaces({ ...document, nodes: { ...document.nodes, [id]: node } }, new Map([[id, at]])) };
}

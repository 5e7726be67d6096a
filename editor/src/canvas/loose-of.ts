import type { WorkflowDocument } from '@heddle/core';
import { looseEnds, type LooseEnds, type NodePorts } from '../document/ports-of.js';

const none: LooseEnds = { inputs: [], outputs: [] };
const known = new WeakMap<WorkflowDocument, Map<string, { readonly ports: NodePorts | undefined; readonly loose: LooseEnds }>>();

/** Loose ends of a node, the same object as long as document and ports are the same. */
export function looseOf(document: WorkflowDocument | undefined, nodeId: string, ports: NodePorts | undefined): LooseEnds {
  if (document === undefined) return none;
  const byNode = known.get(document) ?? new Map<string, { readonly ports: NodePorts | undefined; readonly loose: LooseEnds }>();
  known.set(document, byNode);
  const cached = byNode.get(nodeId);
  if (cached !== undefined && cached.ports === ports) return cached.loose;
  const found = looseEnds(nodeId, ports ?? { inputs: [], outputs: [] }, document);
  const loose = found.inputs.length + found.outputs.length === 0 ? none : found;
  byNode.set(nodeId, { ports, loose });
  return loose;
}

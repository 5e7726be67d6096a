import { errorPortName, splitEnd, type WorkflowDocument } from '@heddle/core';

/** The ports of a node that edges use. */
export interface UsedPorts {
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
  readonly isErrorUsed: boolean;
  /** The number of edges that end at the node, without loop edges. */
  readonly incoming: number;
}

const nothing: UsedPorts = { inputs: new Set(), outputs: new Set(), isErrorUsed: false, incoming: 0 };
const indexes = new WeakMap<WorkflowDocument['edges'], ReadonlyMap<string, UsedPorts>>();

/** The ports of a node that edges use. A document's edges are indexed once, not once per node. */
export function usedPorts(document: Pick<WorkflowDocument, 'edges'>, nodeId: string): UsedPorts {
  let index = indexes.get(document.edges);
  if (index === undefined) {
    index = readEdges(document.edges);
    indexes.set(document.edges, index);
  }
  return index.get(nodeId) ?? nothing;
}

interface OpenPorts {
  readonly inputs: Set<string>;
  readonly outputs: Set<string>;
  isErrorUsed: boolean;
  incoming: number;
}

function readEdges(edges: WorkflowDocument['edges']): ReadonlyMap<string, UsedPorts> {
  const index = new Map<string, OpenPorts>();
  const at = (node: string): OpenPorts => {
    const known = index.get(node) ?? { inputs: new Set(), outputs: new Set(), isErrorUsed: false, incoming: 0 };
    index.set(node, known);
    return known;
  };
  for (const edge of edges) {
    const from = splitEnd(edge.from);
    const to = splitEnd(edge.to);
    if (from !== undefined) {
      at(from.node).outputs.add(from.port);
      if (from.port === errorPortName) at(from.node).isErrorUsed = true;
    }
    if (to === undefined) continue;
    at(to.node).inputs.add(to.port);
    if (edge.loop === undefined) at(to.node).incoming += 1;
  }
  return index;
}

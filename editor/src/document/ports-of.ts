import { splitEnd, type PortDescription, type WorkflowDocument } from '@heddle/core';

export interface NodePorts {
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
}

/** Names of ports that edges use and a node does not have: of an unknown type, or removed by a change of its config. */
export interface LooseEnds {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const noPorts: NodePorts = { inputs: [], outputs: [] };

/** A node's ports: as the compiler told them, else as its type declares them. */
export function portsOf(compiled: NodePorts | undefined, description: NodePorts | undefined): NodePorts {
  return compiled ?? description ?? noPorts;
}

/** The loose ends of a node: shown as ports without a type, so that no edge hangs in the air. */
export function looseEnds(nodeId: string, ports: NodePorts, document: WorkflowDocument): LooseEnds {
  const inputs = new Set<string>();
  const outputs = new Set<string>();
  for (const edge of document.edges) {
    const from = splitEnd(edge.from);
    const to = splitEnd(edge.to);
    if (from?.node === nodeId && !ports.outputs.some((port) => port.name === from.port)) outputs.add(from.port);
    if (to?.node === nodeId && !ports.inputs.some((port) => port.name === to.port)) inputs.add(to.port);
  }
  return { inputs: [...inputs], outputs: [...outputs] };
}

import type { PortDescription } from '@heddle/core';
import type { UsedPorts } from './edge-index.js';

export interface NodePorts {
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
}

/** Names of ports that edges use and a node does not have: of an unknown type, or removed by a change of its config. */
interface LooseEnds {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const noPorts: NodePorts = { inputs: [], outputs: [] };

/** A node's ports: from the compiler, else from its type. */
export function portsOf(compiled: NodePorts | undefined, description: NodePorts | undefined): NodePorts {
  return compiled ?? description ?? noPorts;
}

const noLooseEnds: LooseEnds = { inputs: [], outputs: [] };

/** The missing ports of a node: shown as ports without a type, so that every edge has an end. */
export function looseEnds(ports: NodePorts, used: UsedPorts): LooseEnds {
  const inputs = [...used.inputs].filter((name) => !ports.inputs.some((port) => port.name === name));
  const outputs = [...used.outputs].filter((name) => !ports.outputs.some((port) => port.name === name));
  return inputs.length + outputs.length === 0 ? noLooseEnds : { inputs, outputs };
}

import type { PortDescription } from '@heddle/core';
import type { UsedPorts } from './edge-index.js';

export interface NodePorts {
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
}

/** The names of ports that edges use but the node does not have, because its type is unknown or a change of its config removed them. */
interface LooseEnds {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const noPorts: NodePorts = { inputs: [], outputs: [] };

/** The ports of a node: from the compiler, or from its type if it was not compiled. */
export function portsOf(compiled: NodePorts | undefined, description: NodePorts | undefined): NodePorts {
  return compiled ?? description ?? noPorts;
}

const noLooseEnds: LooseEnds = { inputs: [], outputs: [] };

/** The missing ports of a node. They are shown as ports without a type, so that every edge has an end. */
export function looseEnds(ports: NodePorts, used: UsedPorts): LooseEnds {
  const inputs = [...used.inputs].filter((name) => !ports.inputs.some((port) => port.name === name));
  const outputs = [...used.outputs].filter((name) => !ports.outputs.some((port) => port.name === name));
  return inputs.length + outputs.length === 0 ? noLooseEnds : { inputs, outputs };
}

import { errorPortName, type NodeDescription, type PortDescription } from '@heddle/core';
import type { UsedPorts } from './edge-index.js';
import type { NodePorts } from './ports-of.js';

/** The ports that a card shows, and those that it hides because nothing uses them. */
interface FoldedPorts {
  readonly shown: NodePorts;
  readonly folded: NodePorts;
}

/** Categories of nodes whose outputs are alternative paths, such as the branches of a switch. All these outputs stay visible. */
const branching: ReadonlySet<string> = new Set(['logic', 'people', 'safety']);

/** Whether the outputs of a node type are alternative paths, such as branches. */
export function isBranching({ category }: Pick<NodeDescription, 'category'>): boolean {
  return branching.has(category);
}

/**
 * Folds optional inputs and outputs that no edge uses. The first port of each side is the main one and stays visible, as do ports that the
 * settings added. A single port is not folded, because the button would take the same space.
 *
 * @example foldPorts(ports, usedPorts(document, id), description).folded.inputs.length // 3
 */
export function foldPorts(ports: NodePorts, used: UsedPorts, description: NodeDescription | undefined): FoldedPorts {
  if (description === undefined) return { shown: ports, folded: { inputs: [], outputs: [] } };
  const isInput = (port: PortDescription): boolean =>
    port.isOptional && !used.inputs.has(port.name) && hasPort(description.inputs, port);
  const isOutput = (port: PortDescription): boolean =>
    port.name !== errorPortName &&
    !isBranching(description) &&
    !used.outputs.has(port.name) &&
    hasPort(description.outputs, port);
  const inputs = side(ports.inputs, isInput, ports.inputs[0]);
  const outputs = side(ports.outputs, isOutput, ports.outputs[0]);
  return {
    shown: { inputs: inputs.shown, outputs: outputs.shown },
    folded: { inputs: inputs.folded, outputs: outputs.folded },
  };
}

function hasPort(ports: readonly PortDescription[], { name }: PortDescription): boolean {
  return ports.some((port) => port.name === name);
}

interface Side {
  readonly shown: readonly PortDescription[];
  readonly folded: readonly PortDescription[];
}

function side(
  ports: readonly PortDescription[],
  folds: (port: PortDescription) => boolean,
  kept: PortDescription | undefined,
): Side {
  const folded = ports.filter((port) => port !== kept && folds(port));
  return folded.length < 2
    ? { shown: ports, folded: [] }
    : { shown: ports.filter((port) => !folded.includes(port)), folded };
}

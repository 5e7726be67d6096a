import { edgeId, isAssignable, type DocumentEdge, type PortDescription, type WorkflowDocument } from '@heddle/core';

interface NodePorts {
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
}

/** The input and output with which a node can be inserted on an edge. */
export interface Passage {
  readonly input: PortDescription;
  readonly output: PortDescription;
}

/** The ports with which a node can be inserted between two others; undefined if none match. */
export function passageOf(
  { inputs, outputs }: NodePorts,
  from: PortDescription | undefined,
  to: PortDescription | undefined,
): Passage | undefined {
  if (from === undefined || to === undefined) return undefined;
  const taking = inputs.filter((port) => isAssignable(from.type, port.type));
  const giving = outputs.filter((port) => port.name !== 'error' && isAssignable(port.type, to.type));
  const input =
    taking.find((port) => port.type === from.type && !port.isOptional) ??
    taking.find((port) => port.type === from.type) ??
    taking[0];
  const output = giving.find((port) => port.type === to.type) ?? giving[0];
  return input === undefined || output === undefined ? undefined : { input, output };
}

/** Inserts an unconnected node on an edge. On a loop edge, the second part is the loop edge, so the new node joins the region. */
export function insertOnEdge(
  document: WorkflowDocument,
  edge: DocumentEdge,
  nodeId: string,
  { input, output }: Passage,
): WorkflowDocument {
  const id = edgeId(edge);
  const first: DocumentEdge = { from: edge.from, to: `${nodeId}.${input.name}` };
  const second: DocumentEdge = { ...edge, from: `${nodeId}.${output.name}` };
  return { ...document, edges: document.edges.flatMap((other) => (edgeId(other) === id ? [first, second] : [other])) };
}

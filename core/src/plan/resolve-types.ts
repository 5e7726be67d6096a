import { isAssignable } from '../types/is-assignable.js';
import type { Port, Ports } from '../types/port.js';
import type { PortTypeName } from '../types/port-type.js';
import type { Steps } from '../values/steps.js';
import type { IssueList } from './issue-list.js';
import { outputsOf, type ResolvedEdge } from './resolve-edges.js';
import type { ResolvedNode } from './resolve-nodes.js';

/** The ports of every node. Pass-through outputs (`sameAs`) have the type of the connected input. */
export interface TypedPorts {
  readonly inputs: readonly Ports[];
  readonly outputs: readonly Ports[];
}

/** Edges to process between two pauses. */
const stretch = 2_000;

/** Follows pass-through types in the order of the graph, so that each type is known before it is used. */
export function* resolveTypes(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  order: readonly number[],
): Steps<TypedPorts> {
  const outputs = nodes.map(outputsOf);
  const incoming = new Map<string, ResolvedEdge>();
  for (const [position, edge] of edges.entries()) {
    if (position % stretch === stretch - 1) yield;
    if (edge.document.loop === undefined && !incoming.has(`${edge.to}.${edge.toPort}`))
      incoming.set(`${edge.to}.${edge.toPort}`, edge);
  }
  for (const index of order) {
    const ports = outputs[index];
    if (ports === undefined || !Object.values(ports).some((port) => port.sameAs !== undefined)) continue;
    outputs[index] = Object.fromEntries(
      Object.entries(ports).map(([name, port]): [string, Port] => {
        const edge = port.sameAs === undefined ? undefined : incoming.get(`${index}.${port.sameAs}`);
        const type = edge === undefined ? undefined : outputs[edge.from]?.[edge.fromPort]?.type;
        return [name, type === undefined ? port : { ...port, type }];
      }),
    );
  }
  return { inputs: nodes.map((node) => node.inputs), outputs };
}

/** Reports every edge whose types do not fit. A stream input accepts the same types as a plain input. */
export function* checkTypes(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  ports: TypedPorts,
  issues: IssueList,
): Steps<void> {
  for (const [position, edge] of edges.entries()) {
    if (position % stretch === stretch - 1) yield;
    const from = ports.outputs[edge.from]?.[edge.fromPort]?.type;
    const to = ports.inputs[edge.to]?.[edge.toPort]?.type;
    if (from === undefined || to === undefined || isAssignable(from, to)) continue;
    issues.error({
      code: 'type-mismatch',
      edge: edge.id,
      node: nodes[edge.to]?.id ?? '',
      port: edge.toPort,
      message: `'${edge.document.from}' has type ${from}, but '${edge.document.to}' accepts ${to}.`,
      fix: wayOut(from, to),
    });
  }
}

function wayOut(from: PortTypeName, to: PortTypeName): string {
  if (to === 'Text') return 'Put a "prompt" node between them: it turns any value into text.';
  if (from === 'Json') return 'Put a "set" node between them: it converts a value to the required type.';
  return 'Connect a port of the same type, or convert the value with a "set" or "prompt" node.';
}

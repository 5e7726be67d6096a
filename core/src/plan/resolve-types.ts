import { isAssignable } from '../types/is-assignable.js';
import type { Port, Ports } from '../types/port.js';
import type { PortTypeName } from '../types/port-type.js';
import type { Steps } from '../values/steps.js';
import type { IssueList } from './issue-list.js';
import { outputsOf, type ResolvedEdge } from './resolve-edges.js';
import type { ResolvedNode } from './resolve-nodes.js';

/** The ports of every node with pass-through outputs (`sameAs`) given the type that is connected. */
export interface TypedPorts {
  readonly inputs: readonly Ports[];
  readonly outputs: readonly Ports[];
}

/** Edges that are looked at without a pause. */
const stretch = 2_000;

/** Follows pass-through types along the order of the graph, so that each is known before it is used. */
export function* resolveTypes(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  order: readonly number[],
): Steps<TypedPorts> {
  const outputs = nodes.map(outputsOf);
  const incoming = new Map<string, ResolvedEdge>();
  for (const [place, edge] of edges.entries()) {
    if (place % stretch === stretch - 1) yield;
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

/** Reports every edge whose ends do not fit. A stream input takes what its type takes. */
export function* checkTypes(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  ports: TypedPorts,
  issues: IssueList,
): Steps<void> {
  for (const [place, edge] of edges.entries()) {
    if (place % stretch === stretch - 1) yield;
    const from = ports.outputs[edge.from]?.[edge.fromPort]?.type;
    const to = ports.inputs[edge.to]?.[edge.toPort]?.type;
    if (from === undefined || to === undefined || isAssignable(from, to)) continue;
    issues.error({
      code: 'type-mismatch',
      edge: edge.id,
      node: nodes[edge.to]?.id ?? '',
      port: edge.toPort,
      message: `'${edge.document.from}' gives ${from}, but '${edge.document.to}' takes ${to}.`,
      fix: wayOut(from, to),
    });
  }
}

function wayOut(from: PortTypeName, to: PortTypeName): string {
  if (to === 'Text') return 'Put a "prompt" node between them, which writes a text from any value.';
  if (from === 'Json') return 'Put a "set" node between them, which shapes a value into the type you need.';
  return 'Connect a port of the same type, or convert the value with a "set" or "prompt" node.';
}

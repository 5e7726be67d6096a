import { splitEnd, type NodeDescription, type PortDescription, type WorkflowDocument } from '@heddle/core';

/** A value that a template of a node can use. */
export interface UpstreamValue {
  /** The name in the template: the input of the node to which the value goes. */
  readonly name: string;
  /** The output as `node.port`; empty for an input without an edge. */
  readonly from: string;
  readonly port: PortDescription;
  /** The display name: the title of the source node, with the port. */
  readonly title: string;
  /** Whether an edge already connects the value. If not, inserting the value adds an edge. */
  readonly isConnected: boolean;
}

export interface Graph {
  readonly document: Pick<WorkflowDocument, 'nodes' | 'edges'>;
  readonly ports: Readonly<Record<string, { readonly outputs: readonly PortDescription[] }>> | undefined;
  readonly byType: ReadonlyMap<string, Pick<NodeDescription, 'title' | 'outputs'>>;
}

/**
 * All values that a template of a node can use: first its inputs, then the outputs of nodes before it, then those of all other nodes,
 * except nodes after it. An output that is not connected gets a free name.
 */
export function upstreamValues({ document, ports, byType }: Graph, nodeId: string): readonly UpstreamValue[] {
  const outputsOf = (id: string): readonly PortDescription[] =>
    ports?.[id]?.outputs ?? byType.get(document.nodes[id]?.type ?? '')?.outputs ?? [];
  const titleOf = (id: string): string =>
    document.nodes[id]?.title ?? byType.get(document.nodes[id]?.type ?? '')?.title ?? id;
  const connected = document.edges.flatMap((edge): UpstreamValue[] => {
    const from = splitEnd(edge.from);
    const to = splitEnd(edge.to);
    if (to?.node !== nodeId || from === undefined) return [];
    const port = outputsOf(from.node).find(({ name }) => name === from.port) ?? {
      name: from.port,
      type: 'Json' as const,
      isOptional: false,
      mode: 'one' as const,
    };
    return [{ name: to.port, from: edge.from, port, title: `${titleOf(from.node)} › ${from.port}`, isConnected: true }];
  });
  const taken = new Set(connected.map(({ name }) => name));
  const used = new Set(connected.map(({ from }) => from));
  const before = reached(document.edges, nodeId, 'before');
  const after = reached(document.edges, nodeId, 'after');
  const ids = Object.keys(document.nodes).filter((id) => id !== nodeId && !after.has(id));
  const sorted = [...ids.filter((id) => before.has(id)), ...ids.filter((id) => !before.has(id))];
  const others = sorted.flatMap((id) =>
    outputsOf(id)
      .filter(({ name }) => !used.has(`${id}.${name}`))
      .map((port): UpstreamValue => {
        const name = freeName(port.name, id, taken);
        taken.add(name);
        return { name, from: `${id}.${port.name}`, port, title: `${titleOf(id)} › ${port.name}`, isConnected: false };
      }),
  );
  // Error outputs are rarely used, so they come last.
  return [
    ...connected,
    ...others.filter(({ port }) => port.name !== 'error'),
    ...others.filter(({ port }) => port.name === 'error'),
  ];
}

/**
 * The values that a template of a node with fixed ports can use: only its inputs, connected or not, because other names would not add an
 * input.
 */
export function inputValues(
  values: readonly UpstreamValue[],
  inputs: readonly PortDescription[],
): readonly UpstreamValue[] {
  return inputs.map(
    (port) =>
      values.find(({ name, isConnected }) => isConnected && name === port.name) ?? {
        name: port.name,
        from: '',
        port,
        title: port.title ?? 'input of this node',
        isConnected: true,
      },
  );
}

/** A free name for the input of an output. Such names contain no dots, and `error` is reserved. */
function freeName(port: string, node: string, taken: ReadonlySet<string>): string {
  const plain = port === 'error' ? `${node}_error` : port;
  if (!taken.has(plain)) return plain;
  const long = `${node}_${port}`.slice(0, 60);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? long : `${long}_${count}`;
    if (!taken.has(name)) return name;
  }
}

/** All nodes before a node, or all nodes after it. Loop edges do not count. */
function reached(edges: WorkflowDocument['edges'], nodeId: string, side: 'before' | 'after'): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.loop !== undefined) continue;
    const from = splitEnd(edge.from)?.node ?? '';
    const to = splitEnd(edge.to)?.node ?? '';
    const [at, other] = side === 'before' ? [to, from] : [from, to];
    const known = next.get(at);
    if (known === undefined) next.set(at, [other]);
    else known.push(other);
  }
  const found = new Set<string>();
  const open = [nodeId];
  while (open.length > 0) {
    for (const id of next.get(open.pop() ?? '') ?? []) {
      if (found.has(id)) continue;
      found.add(id);
      open.push(id);
    }
  }
  return found;
}

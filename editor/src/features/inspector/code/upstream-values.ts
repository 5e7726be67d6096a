import { splitEnd, type NodeDescription, type PortDescription, type WorkflowDocument } from '@heddle/core';

/** A value that a template of a node can use. */
export interface UpstreamValue {
  /** Its name in the template: the node's input where it arrives. */
  readonly name: string;
  /** `node.port` of its output. */
  readonly from: string;
  readonly port: PortDescription;
  /** Its display name: the node's title and the port. */
  readonly title: string;
  /** Whether an edge already brings it here; otherwise using it adds one. */
  readonly isConnected: boolean;
}

export interface Graph {
  readonly document: Pick<WorkflowDocument, 'nodes' | 'edges'>;
  readonly ports: Readonly<Record<string, { readonly outputs: readonly PortDescription[] }>> | undefined;
  readonly byType: ReadonlyMap<string, Pick<NodeDescription, 'title' | 'outputs'>>;
}

/**
 * Every value that a template of a node can use: the node's inputs first, then the outputs of nodes before it, then of all others that it
 * does not feed. An output that is not connected gets a name that no other value has.
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
  // Error outputs are rarely used: last.
  return [
    ...connected,
    ...others.filter(({ port }) => port.name !== 'error'),
    ...others.filter(({ port }) => port.name === 'error'),
  ];
}

/** The values for a template of a node with fixed ports: its inputs, connected or not, and nothing else, as no other name adds an input. */
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

/** Names of template inputs have no dots; Heddle uses `error`. */
function freeName(port: string, node: string, taken: ReadonlySet<string>): string {
  const plain = port === 'error' ? `${node}_error` : port;
  if (!taken.has(plain)) return plain;
  const long = `${node}_${port}`.slice(0, 60);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? long : `${long}_${count}`;
    if (!taken.has(name)) return name;
  }
}

/** The nodes before a node, or after it. Loops count once. */
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

import { splitEnd, type WorkflowDocument } from '@heddle/core';

type Graph = Pick<WorkflowDocument, 'nodes' | 'edges'>;

const known = new WeakMap<Graph, Map<string, ReadonlySet<string>>>();

/** The nodes that go round with a node: those of the smallest loop around it (L1), itself included. Alone outside loops. */
export function loopMates(graph: Graph, node: string): ReadonlySet<string> {
  const cache = known.get(graph) ?? new Map<string, ReadonlySet<string>>();
  known.set(graph, cache);
  const found = cache.get(node) ?? smallestLoop(graph, node);
  cache.set(node, found);
  return found;
}

function smallestLoop({ edges }: Graph, node: string): ReadonlySet<string> {
  const plain = edges.filter((edge) => edge.loop === undefined);
  let smallest: ReadonlySet<string> | undefined;
  for (const edge of edges) {
    const target = edge.loop === undefined ? undefined : splitEnd(edge.to)?.node;
    const source = edge.loop === undefined ? undefined : splitEnd(edge.from)?.node;
    if (target === undefined || source === undefined) continue;
    const forward = reach(plain, target, 'from', 'to');
    const backward = reach(plain, source, 'to', 'from');
    const region = new Set([...forward].filter((id) => backward.has(id)));
    if (region.has(node) && (smallest === undefined || region.size < smallest.size)) smallest = region;
  }
  return smallest ?? new Set([node]);
}

function reach(edges: Graph['edges'], start: string, near: 'from' | 'to', far: 'from' | 'to'): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const id of reached) {
    for (const edge of edges) {
      const next = splitEnd(edge[near])?.node === id ? splitEnd(edge[far])?.node : undefined;
      if (next !== undefined) reached.add(next);
    }
  }
  return reached;
}

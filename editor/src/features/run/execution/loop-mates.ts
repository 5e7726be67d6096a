import { splitEnd, type DocumentEdge, type WorkflowDocument } from '@heddle/core';

type Edges = readonly DocumentEdge[];

/** The nodes between the ends of a loop edge. */
interface LoopRegion {
  readonly source: string;
  readonly target: string;
  readonly nodes: ReadonlySet<string>;
}

const known = new WeakMap<Edges, readonly LoopRegion[]>();

/**
 * The nodes that iterate together with a node: those of the smallest loop that contains it, including the node itself. Outside loops, only
 * the node itself.
 */
export function loopMates({ edges }: Pick<WorkflowDocument, 'edges'>, node: string): ReadonlySet<string> {
  return loopsAround(edges, node).at(-1)?.nodes ?? new Set([node]);
}

/** The loops that contain a node, outermost first. The iterations in the paths of its executions have the same order. */
export function loopsAround(edges: Edges, node: string): readonly LoopRegion[] {
  return regionsOf(edges)
    .filter(({ nodes }) => nodes.has(node))
    .sort((a, b) => b.nodes.size - a.nodes.size);
}

/** All loops of a workflow. Several loop edges between the same nodes are one loop. */
function regionsOf(edges: Edges): readonly LoopRegion[] {
  const before = known.get(edges);
  if (before !== undefined) return before;
  const plain = edges.filter((edge) => edge.loop === undefined);
  const regions = new Map<string, LoopRegion>();
  for (const edge of edges) {
    const target = edge.loop === undefined ? undefined : splitEnd(edge.to)?.node;
    const source = edge.loop === undefined ? undefined : splitEnd(edge.from)?.node;
    if (target === undefined || source === undefined) continue;
    const forward = reach(plain, target, 'from', 'to');
    const backward = reach(plain, source, 'to', 'from');
    const nodes = new Set([...forward].filter((id) => backward.has(id)));
    regions.set(`${source} ${target}`, { source, target, nodes });
  }
  const all = [...regions.values()];
  known.set(edges, all);
  return all;
}

function reach(edges: Edges, start: string, near: 'from' | 'to', far: 'from' | 'to'): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const id of reached) {
    for (const edge of edges) {
      const next = splitEnd(edge[near])?.node === id ? splitEnd(edge[far])?.node : undefined;
      if (next !== undefined) reached.add(next);
    }
  }
  return reached;
}

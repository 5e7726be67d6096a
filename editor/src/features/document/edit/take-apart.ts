import { splitEnd, type DocumentEdge, type InnerWorkflow, type WorkflowDocument } from '@heddle/core';
import { innerNamesOf } from '../inner/inner-document.js';
import { layoutOf, withPositions } from '../layout/layout-of.js';
import { freeNodeId, hasNode } from './node-ids.js';

/**
 * Replaces a node with the nodes of the inner workflow that it runs: the inverse of `toSubWorkflow`. Undefined if the node runs no inner
 * workflow. The inner workflow stays in the document while other nodes run it, including nodes of inner workflows.
 */
export function takeApart(
  document: WorkflowDocument,
  nodeId: string,
): { readonly document: WorkflowDocument; readonly ids: readonly string[] } | undefined {
  const node = document.nodes[nodeId];
  const reference = node?.type === 'workflow' ? node.config['workflow'] : undefined;
  const name = typeof reference === 'string' && reference.startsWith('#') ? reference.slice(1) : undefined;
  const inner = name === undefined ? undefined : document.workflows?.[name];
  if (node === undefined || name === undefined || inner === undefined) return undefined;
  const kept = Object.entries(inner.nodes).filter(([, entry]) => entry.type !== 'input' && entry.type !== 'output');
  const { [nodeId]: _taken, ...others } = document.nodes;
  const renamed = new Map<string, string>();
  const nodes = { ...others };
  for (const [id, entry] of kept) {
    const next = freeNodeId(id, (candidate) => hasNode({ ...document, nodes }, candidate));
    renamed.set(id, next);
    nodes[next] = entry;
  }
  const edges = edgesWithout(document.edges, nodeId, inner, renamed);
  const beside = Object.entries(document.workflows ?? {}).filter(([key]) => key !== name);
  const isStillRun = [nodes, ...beside.map(([, workflow]) => workflow.nodes)].some((graph) =>
    Object.values(graph).some(({ config }) => innerNamesOf(config).includes(name)),
  );
  const workflows = isStillRun ? (document.workflows ?? {}) : Object.fromEntries(beside);
  const layout = layoutOf(document);
  const { [nodeId]: stood, ...positions } = layout.nodes;
  const at: readonly [number, number] = stood ?? [0, 0];
  const groups = layout.groups.map((group) =>
    group.nodes.includes(nodeId)
      ? { ...group, nodes: [...group.nodes.filter((id) => id !== nodeId), ...renamed.values()] }
      : group,
  );
  const { workflows: _before, ...rest } = document;
  const next: WorkflowDocument = {
    ...rest,
    nodes,
    edges,
    layout: { ...layout, nodes: positions, groups },
    ...(Object.keys(workflows).length === 0 ? {} : { workflows }),
  };
  return {
    document: withPositions(next, positionsAround(inner.layout?.nodes ?? {}, renamed, at)),
    ids: [...renamed.values()],
  };
}

/** The edges after the node is replaced: its former edges lead to the inner nodes. */
function edgesWithout(
  edges: readonly DocumentEdge[],
  nodeId: string,
  inner: InnerWorkflow,
  renamed: ReadonlyMap<string, string>,
): DocumentEdge[] {
  const isEnd = (end: string, type: string): boolean => inner.nodes[splitEnd(end)?.node ?? '']?.type === type;
  const port = (end: string): string => splitEnd(end)?.port ?? '';
  const outside = (end: string): string => `${renamed.get(splitEnd(end)?.node ?? '') ?? ''}.${port(end)}`;
  const within = inner.edges
    .filter((edge) => !isEnd(edge.from, 'input') && !isEnd(edge.to, 'output'))
    .map((edge) => ({ ...edge, from: outside(edge.from), to: outside(edge.to) }));
  const around = edges.flatMap((edge): DocumentEdge[] => {
    if (splitEnd(edge.to)?.node === nodeId)
      return inner.edges
        .filter(({ from }) => isEnd(from, 'input') && port(from) === port(edge.to))
        .flatMap(({ to }) => (isEnd(to, 'output') ? [] : [{ ...edge, to: outside(to) }]));
    if (splitEnd(edge.from)?.node === nodeId)
      return inner.edges
        .filter(({ from, to }) => isEnd(to, 'output') && !isEnd(from, 'input') && port(to) === port(edge.from))
        .map(({ from }) => ({ ...edge, from: outside(from) }));
    return [edge];
  });
  return [...around, ...within];
}

/** Positions of the inner nodes, centred on the position of the replaced node. */
function positionsAround(
  inner: Readonly<Record<string, readonly [number, number]>>,
  renamed: ReadonlyMap<string, string>,
  at: readonly [number, number],
): Map<string, readonly [number, number]> {
  const known = [...renamed].map(([id, next], index): { next: string; position: readonly [number, number] } => ({
    next,
    position: inner[id] ?? [index * 300, 0],
  }));
  const mean = (axis: 0 | 1): number =>
    known.reduce((sum, { position }) => sum + position[axis], 0) / Math.max(1, known.length);
  const x = mean(0);
  const y = mean(1);
  return new Map(known.map(({ next, position }) => [next, [at[0] + position[0] - x, at[1] + position[1] - y]]));
}

import { graphlib, layout } from '@dagrejs/dagre';
import { splitEnd, type WorkflowDocument } from '@heddle/core';
import { layoutOf } from './layout-of.js';

const width = 248;
const defaultHeight = 170;

/**
 * Positions from left to right, by dagre, which is loaded on demand. `heights` are those of known cards. With a selection of several nodes,
 * only those move.
 */
export function computePositions(
  document: WorkflowDocument,
  selected: readonly string[],
  heights: ReadonlyMap<string, number>,
): Map<string, readonly [number, number]> {
  const heightOf = (id: string): number => heights.get(id) ?? defaultHeight;
  const ids = new Set(selected.length > 1 ? selected : Object.keys(document.nodes));
  const graph = new graphlib.Graph({ compound: true });
  graph.setGraph({ rankdir: 'LR', ranksep: 72, nodesep: 40 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { width, height: heightOf(id) });
  // Groups stay together: dagre keeps the children of one parent in one block.
  for (const group of layoutOf(document).groups) {
    const members = group.nodes.filter((id) => ids.has(id));
    if (members.length < 2) continue;
    graph.setNode(`group:${group.id}`, {});
    for (const id of members) graph.setParent(id, `group:${group.id}`);
  }
  for (const edge of document.edges) {
    const from = splitEnd(edge.from)?.node;
    const to = splitEnd(edge.to)?.node;
    if (edge.loop === undefined && from !== undefined && to !== undefined && ids.has(from) && ids.has(to))
      graph.setEdge(from, to);
  }
  layout(graph);
  const corner = cornerOf([...ids].flatMap((id) => layoutOf(document).nodes[id] ?? []));
  const placed = [...ids].map((id): [string, [number, number]] => {
    // dagre types its labels as any; after a layout each has its centre.
    const { x, y } = graph.node(id) as { readonly x: number; readonly y: number };
    return [id, [x - width / 2, y - heightOf(id) / 2]];
  });
  const [left, top] = selected.length > 1 ? corner : [0, 0];
  const first = cornerOf(placed.flatMap(([, position]) => position));
  return new Map(placed.map(([id, [x, y]]) => [id, [x - first[0] + left, y - first[1] + top]]));
}

/** The upper left corner of positions given as x, y, x, y, … */
function cornerOf(flat: readonly number[]): readonly [number, number] {
  const least = (start: number): number =>
    flat.reduce((low, value, index) => (index % 2 === start ? Math.min(low, value) : low), Number.POSITIVE_INFINITY);
  const [left, top] = [least(0), least(1)];
  return [Number.isFinite(left) ? left : 0, Number.isFinite(top) ? top : 0];
}

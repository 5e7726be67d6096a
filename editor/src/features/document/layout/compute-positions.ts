import { graphlib, layout } from '@dagrejs/dagre';
import { splitEnd, type WorkflowDocument } from '@heddle/core';
import { cardWidth as width } from './card-size.js';
import { layoutOf } from './layout-of.js';
import { noteSize } from '../edit/notes.js';
import { wrapRows } from './wrap-rows.js';

const defaultHeight = 170;

/**
 * Computes positions from left to right with dagre, and wraps a long chain into rows. If several nodes are selected, only these move, in
 * one row. `heights` are the known heights of cards with room for results, `rests` without it. Loaded on demand because of dagre.
 */
export function computePositions(
  document: WorkflowDocument,
  selected: readonly string[],
  heights: ReadonlyMap<string, number>,
  rests = heights,
): Map<string, readonly [number, number]> {
  const heightOf = (id: string): number => heights.get(id) ?? defaultHeight;
  const restOf = (id: string): number => rests.get(id) ?? heightOf(id);
  const ids = new Set(selected.length > 1 ? selected : Object.keys(document.nodes));
  const graph = new graphlib.Graph({ compound: true });
  graph.setGraph({ rankdir: 'LR', ranksep: 64, nodesep: 32, edgesep: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { width, height: heightOf(id) });
  // Keeps groups together: dagre lays out the children of one parent as a block.
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
  const room = Math.min(...[...ids].map((id) => heightOf(id) - restOf(id)));
  const centres = [...ids].map((id) => {
    // dagre types its labels as any; after the layout, each has its centre.
    const { x, y } = graph.node(id) as { readonly x: number; readonly y: number };
    return { id, x, y };
  });
  const placed = centres.map(({ id, x, y }): [string, [number, number]] => {
    // A card that is alone in its column is aligned with its neighbours by its height without results.
    const isAlone = centres.every((other) => other.id === id || Math.abs(other.x - x) >= width);
    return [id, [x - width / 2, y - (isAlone ? restOf(id) + room : heightOf(id)) / 2]];
  });
  if (selected.length < 2) {
    const boxes = new Map(placed.map(([id, [x, y]]) => [id, { x, y, width, height: restOf(id) }]));
    return wrapRows(
      boxes,
      layoutOf(document).groups.map(({ nodes }) => nodes.filter((id) => ids.has(id))),
      Math.max(0, ...layoutOf(document).notes.map(({ size = noteSize }) => size[1])),
    );
  }
  const [left, top] = corner;
  const first = cornerOf(placed.flatMap(([, position]) => position));
  return new Map(placed.map(([id, [x, y]]) => [id, [x - first[0] + left, y - first[1] + top]]));
}

/** The upper left corner of positions in a flat list: x, y, x, y, … */
function cornerOf(flat: readonly number[]): readonly [number, number] {
  const least = (start: number): number =>
    flat.reduce((low, value, index) => (index % 2 === start ? Math.min(low, value) : low), Number.POSITIVE_INFINITY);
  const left = least(0);
  const top = least(1);
  return [Number.isFinite(left) ? left : 0, Number.isFinite(top) ? top : 0];
}

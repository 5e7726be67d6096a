import { graphlib, layout } from '@dagrejs/dagre';
import { splitEnd, type WorkflowDocument } from '@heddle/core';
import { cardWidth as width } from './card-size.js';
import { layoutOf } from './layout-of.js';
import { noteSize } from '../edit/notes.js';
import { wrapRows } from './wrap-rows.js';

const defaultHeight = 170;

/**
 * Positions from left to right, in rows where the chain is long, by dagre, which is loaded on demand. `heights` are those of known cards.
 * With a selection of several nodes, only those move, in one row. `rests` are the heights without the room for results.
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
  const room = Math.min(...[...ids].map((id) => heightOf(id) - restOf(id)));
  const centres = [...ids].map((id) => {
    // dagre types its labels as any; after a layout each has its centre.
    const { x, y } = graph.node(id) as { readonly x: number; readonly y: number };
    return { id, x, y };
  });
  const placed = centres.map(({ id, x, y }): [string, [number, number]] => {
    // Alone in its column, a card stands in line with its neighbours, however tall it can become.
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

/** The upper left corner of positions given as x, y, x, y, … */
function cornerOf(flat: readonly number[]): readonly [number, number] {
  const least = (start: number): number =>
    flat.reduce((low, value, index) => (index % 2 === start ? Math.min(low, value) : low), Number.POSITIVE_INFINITY);
  const left = least(0);
  const top = least(1);
  return [Number.isFinite(left) ? left : 0, Number.isFinite(top) ? top : 0];
}

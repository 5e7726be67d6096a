import { splitEnd, type WorkflowDocument } from '@heddle/core';
import { layoutOf } from '../layout/layout-of.js';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The node that an arrow key selects: left and right follow edges, up and down go to the nearest node. */
export function neighbour(
  document: WorkflowDocument,
  from: string | undefined,
  direction: Direction,
): string | undefined {
  const ids = Object.keys(document.nodes);
  if (from === undefined || !Object.hasOwn(document.nodes, from)) return leftmost(document, ids);
  if (direction === 'up' || direction === 'down') return beside(document, from, direction);
  const side = direction === 'right' ? (['from', 'to'] as const) : (['to', 'from'] as const);
  const candidates = document.edges
    .filter((edge) => splitEnd(edge[side[0]])?.node === from)
    .flatMap((edge) => splitEnd(edge[side[1]])?.node ?? []);
  return candidates.find((id) => Object.hasOwn(document.nodes, id));
}

function positionOf(document: WorkflowDocument, id: string): readonly [number, number] {
  return layoutOf(document).nodes[id] ?? [0, 0];
}

function leftmost(document: WorkflowDocument, ids: readonly string[]): string | undefined {
  return [...ids].sort((a, b) => positionOf(document, a)[0] - positionOf(document, b)[0])[0];
}

/** The nearest node above or below. Horizontal distance counts double, so that the selection stays in its column. */
function beside(document: WorkflowDocument, from: string, direction: 'up' | 'down'): string | undefined {
  const [x, y] = positionOf(document, from);
  const sign = direction === 'down' ? 1 : -1;
  const distances = Object.keys(document.nodes).flatMap((id) => {
    const [otherX, otherY] = positionOf(document, id);
    const ahead = (otherY - y) * sign;
    return id === from || ahead <= 0 ? [] : [{ id, distance: ahead + 2 * Math.abs(otherX - x) }];
  });
  return distances.sort((a, b) => a.distance - b.distance)[0]?.id;
}

import { Position, type Edge, type InternalNode } from '@xyflow/react';
import type { EdgeEnds } from './loop-edge.js';
import { cardBoxes, laneAround, type Lane } from './edge-around.js';

/** The distance between edges that pass cards on the same side. */
const gap = 8;

const known = new WeakMap<object, { readonly edges: object; readonly lanes: ReadonlyMap<string, Lane> }>();

/** The lanes of all edges that go around cards, by edge id. Computed once per change of the canvas. */
export function edgeLanes(
  nodes: object,
  edges: readonly Edge[],
  lookup: ReadonlyMap<string, InternalNode>,
): ReadonlyMap<string, Lane> {
  const before = known.get(nodes);
  if (before?.edges === edges) return before.lanes;
  const boxes = cardBoxes(nodes, lookup);
  const lanes = edges.flatMap((edge): [string, Lane][] => {
    const ends = endsOf(edge, lookup);
    const lane = ends === undefined ? undefined : laneAround(ends, boxes);
    return lane === undefined ? [] : [[edge.id, lane]];
  });
  const apart = lanesApart(lanes);
  known.set(nodes, { edges, lanes: apart });
  return apart;
}

/** Spreads lanes that would overlap: the shortest stays nearest to the cards. */
export function lanesApart(lanes: readonly (readonly [string, Lane])[]): ReadonlyMap<string, Lane> {
  const sorted = [...lanes].sort(([, a], [, b]) => a.right - a.left - (b.right - b.left));
  const placed = new Map<string, Lane>();
  for (const [id, lane] of sorted) {
    let { level } = lane;
    const isTaken = (other: Lane): boolean =>
      other.left < lane.right && other.right > lane.left && Math.abs(other.level - level) < gap;
    while ([...placed.values()].some(isTaken)) level += lane.way * gap;
    placed.set(id, { ...lane, level });
  }
  return placed;
}

/** The start and end of an edge; undefined before its cards are measured. */
function endsOf(edge: Edge, lookup: ReadonlyMap<string, InternalNode>): EdgeEnds | undefined {
  const source = portOf(lookup.get(edge.source), 'source', edge.sourceHandle);
  const target = portOf(lookup.get(edge.target), 'target', edge.targetHandle);
  if (source === undefined || target === undefined) return undefined;
  return { sourceX: source.x, sourceY: source.y, targetX: target.x, targetY: target.y };
}

function portOf(
  node: InternalNode | undefined,
  side: 'source' | 'target',
  port: string | null | undefined,
): { readonly x: number; readonly y: number } | undefined {
  const handle = node?.internals.handleBounds?.[side]?.find(({ id }) => id === port);
  if (node === undefined || handle === undefined) return undefined;
  const x = node.internals.positionAbsolute.x + handle.x;
  const y = node.internals.positionAbsolute.y + handle.y;
  switch (handle.position) {
    case Position.Left:
      return { x, y: y + handle.height / 2 };
    case Position.Right:
      return { x: x + handle.width, y: y + handle.height / 2 };
    case Position.Top:
      return { x: x + handle.width / 2, y };
    case Position.Bottom:
      return { x: x + handle.width / 2, y: y + handle.height };
  }
}

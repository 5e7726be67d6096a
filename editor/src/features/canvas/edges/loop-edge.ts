import { getSmoothStepPath, Position, type InternalNode } from '@xyflow/react';
import { manyNodes } from '../../view/index.js';

/** The distance of a loop edge below the cards that it passes. */
const margin = 32;
/** How far an edge continues straight from a port before it bends. */
const offset = 26;
const borderRadius = 20;

export interface EdgeEnds {
  readonly sourceX: number;
  readonly sourceY: number;
  readonly targetX: number;
  readonly targetY: number;
}

/** Whether an edge goes back, so that a curve between its ends would run behind the cards. */
export const leadsBack = ({ sourceX, targetX }: Pick<EdgeEnds, 'sourceX' | 'targetX'>): boolean =>
  targetX < sourceX + 2 * offset;

/** The smallest distance between an edge and the rows of cards above and below it. */
const rowMargin = 12;
/** How far such an edge may be from the middle between the rows, and its bend from the usual position. */
const mostSpread = 18;
const bendSpread = 10;

interface BackEdge extends EdgeEnds {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly isLoop: boolean;
}

/** The height at which an edge goes back around cards; undefined for an edge that goes forward. Ignores the `dropped` card. */
export function backLevel(
  edge: BackEdge,
  nodes: ReadonlyMap<string, InternalNode>,
  dropped?: string,
): number | undefined {
  const { source, target, isLoop } = edge;
  if (isLoop) return leadsBack(edge) ? loopLevel(source, target, nodes, dropped) : undefined;
  // A large workflow is seen at low zoom, where a plain curve is enough.
  if (edge.targetX >= edge.sourceX || nodes.size > manyNodes) return undefined;
  return rowLevel(edge, nodes, dropped) ?? loopLevel(source, target, nodes, dropped);
}

/**
 * A height between the rows of two cards at which no card is in the way; undefined where the cards are side by side or no such height
 * exists.
 */
function rowLevel(
  { id, source, target }: BackEdge,
  nodes: ReadonlyMap<string, InternalNode>,
  dropped: string | undefined,
): number | undefined {
  const [upper, lower] = [source, target]
    .flatMap((end) => nodes.get(end) ?? [])
    .map(boxOf)
    .sort((a, b) => a.top - b.top);
  if (upper === undefined || lower === undefined) return undefined;
  const cards = boxesBetween([upper, lower], nodes, dropped).sort((a, b) => a.top - b.top);
  let above = upper.bottom;
  for (const { top, bottom } of cards) {
    if (bottom <= above) continue;
    const half = (top - above) / 2;
    // Edges between the same rows have different heights.
    if (half >= rowMargin) return above + half + spread(id) * Math.min(half - rowMargin, mostSpread);
    if (top >= lower.top) return undefined;
    above = bottom;
  }
  return undefined;
}

/** A number from -1 to 1 that depends only on the id of the edge. */
function spread(id: string): number {
  let hash = 7;
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1009;
  return (hash % 21) / 10 - 1;
}

/** The height at which an edge goes back below the cards at its ends and all cards between them. Ignores the `dropped` card. */
export function loopLevel(
  source: string,
  target: string,
  nodes: ReadonlyMap<string, InternalNode>,
  dropped?: string,
): number {
  const ends = [source, target].flatMap((id) => nodes.get(id) ?? []).map(boxOf);
  const between = boxesBetween(ends, nodes, dropped).sort((a, b) => a.top - b.top);
  let level = Math.max(...ends.map((box) => box.bottom)) + margin;
  for (const { top, bottom } of between) if (top < level && bottom + margin > level) level = bottom + margin;
  return level;
}

/** The path of an edge that goes back at a height, and the position of its label. */
export function loopPath(
  ends: EdgeEnds & { readonly id: string },
  level: number,
): readonly [path: string, labelX: number, labelY: number] {
  const [path] = getSmoothStepPath({
    ...ends,
    sourcePosition: Position.Right,
    targetPosition: Position.Left,
    centerY: level,
    offset: offset + spread(ends.id) * bendSpread,
    borderRadius,
  });
  return [path, (ends.sourceX + ends.targetX) / 2, level];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The cards between two ends, including both. */
function boxesBetween(
  ends: readonly Box[],
  nodes: ReadonlyMap<string, InternalNode>,
  dropped: string | undefined,
): Box[] {
  const left = Math.min(...ends.map((box) => box.left)) - offset;
  const right = Math.max(...ends.map((box) => box.right)) + offset;
  return (
    [...nodes.values()]
      // A dragged card may be dropped on the edge, which must not move away.
      .filter((node) => node.type !== 'note' && node.type !== 'frame' && node.dragging !== true && node.id !== dropped)
      .map(boxOf)
      .filter((box) => box.left < right && box.right > left)
  );
}

function boxOf({ internals, measured }: InternalNode): Box {
  const { x, y } = internals.positionAbsolute;
  return { left: x, right: x + (measured.width ?? 0), top: y, bottom: y + (measured.height ?? 0) };
}

import { getSmoothStepPath, Position, type InternalNode } from '@xyflow/react';
import { manyNodes } from '../../view/index.js';

/** The distance of a loop edge below the cards that it passes. */
const clearance = 32;
/** The distance that it goes on from a port before it bends. */
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

/** The distance of an edge from both rows of cards that it passes between. */
const rowClearance = 12;

export interface BackEdge extends EdgeEnds {
  readonly source: string;
  readonly target: string;
  readonly isLoop: boolean;
}

/** The height at which an edge goes back around cards; undefined for an edge that goes forward. The `dropped` card is ignored. */
export function backLevel(
  edge: BackEdge,
  nodes: ReadonlyMap<string, InternalNode>,
  dropped?: string,
): number | undefined {
  const { source, target, isLoop } = edge;
  if (isLoop) return leadsBack(edge) ? loopLevel(source, target, nodes, dropped) : undefined;
  // A large workflow is seen at low zoom, where a plain curve is enough.
  if (edge.targetX >= edge.sourceX || nodes.size > manyNodes) return undefined;
  return rowLevel(source, target, nodes, dropped) ?? loopLevel(source, target, nodes, dropped);
}

/** The height in the middle between the rows of two cards; undefined where they are side by side, or a card is in between. */
function rowLevel(
  source: string,
  target: string,
  nodes: ReadonlyMap<string, InternalNode>,
  dropped: string | undefined,
): number | undefined {
  const [upper, declassify] = [source, target]
    .flatMap((id) => nodes.get(id) ?? [])
    .map(boxOf)
    .sort((a, b) => a.top - b.top);
  if (upper === undefined || declassify === undefined || declassify.top - upper.bottom < 2 * rowClearance)
    return undefined;
  const level = (upper.bottom + declassify.top) / 2;
  const isTaken = boxesBetween([upper, declassify], nodes, dropped).some(
    ({ top, bottom }) => top < level + rowClearance && bottom > level - rowClearance,
  );
  return isTaken ? undefined : level;
}

/** The height at which an edge goes back below the cards of its ends, and below the cards between them; `dropped` is ignored. */
export function loopLevel(
  source: string,
  target: string,
  nodes: ReadonlyMap<string, InternalNode>,
  dropped?: string,
): number {
  const ends = [source, target].flatMap((id) => nodes.get(id) ?? []).map(boxOf);
  const between = boxesBetween(ends, nodes, dropped).sort((a, b) => a.top - b.top);
  let level = Math.max(...ends.map((box) => box.bottom)) + clearance;
  for (const { top, bottom } of between) if (top < level && bottom + clearance > level) level = bottom + clearance;
  return level;
}

/** The path of an edge that goes back at a height, and the position of its label. */
export function loopPath(ends: EdgeEnds, level: number): readonly [path: string, labelX: number, labelY: number] {
  const [path] = getSmoothStepPath({
    ...ends,
    sourcePosition: Position.Right,
    targetPosition: Position.Left,
    centerY: level,
    offset,
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

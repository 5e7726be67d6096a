import { getSmoothStepPath, Position, type InternalNode } from '@xyflow/react';
import { manyNodes } from './fit-options.js';

/** How far the thread of a loop stays below the cards that it passes. */
const clearance = 32;
/** How far it goes on from a port before it turns. */
const offset = 26;
const borderRadius = 20;

export interface ThreadEnds {
  readonly sourceX: number;
  readonly sourceY: number;
  readonly targetX: number;
  readonly targetY: number;
}

/** Whether a thread leads back, so that a curve between its ends would run behind the cards. */
export const leadsBack = ({ sourceX, targetX }: Pick<ThreadEnds, 'sourceX' | 'targetX'>): boolean =>
  targetX < sourceX + 2 * offset;

/** How far a thread that passes between two rows of cards stays from both. */
const rowClearance = 12;

export interface BackThread extends ThreadEnds {
  readonly source: string;
  readonly target: string;
  readonly isLoop: boolean;
}

/** The height at which a thread leads back around cards; undefined for one that leads on. A card that is `dropped` is not in its way. */
export function backLevel(
  thread: BackThread,
  nodes: ReadonlyMap<string, InternalNode>,
  dropped?: string,
): number | undefined {
  const { source, target, isLoop } = thread;
  if (isLoop) return leadsBack(thread) ? loopLevel(source, target, nodes, dropped) : undefined;
  // Where there are many, all of them are seen from far away, and a plain curve is enough.
  if (thread.targetX >= thread.sourceX || nodes.size > manyNodes) return undefined;
  return rowLevel(source, target, nodes, dropped) ?? loopLevel(source, target, nodes, dropped);
}

/** The height in the middle between the rows of two cards; undefined where they stand side by side, or something stands there. */
function rowLevel(
  source: string,
  target: string,
  nodes: ReadonlyMap<string, InternalNode>,
  dropped: string | undefined,
): number | undefined {
  const [upper, lower] = [source, target]
    .flatMap((id) => nodes.get(id) ?? [])
    .map(boxOf)
    .sort((a, b) => a.top - b.top);
  if (upper === undefined || lower === undefined || lower.top - upper.bottom < 2 * rowClearance) return undefined;
  const level = (upper.bottom + lower.top) / 2;
  const isTaken = boxesBetween([upper, lower], nodes, dropped).some(
    ({ top, bottom }) => top < level + rowClearance && bottom > level - rowClearance,
  );
  return isTaken ? undefined : level;
}

/** The height at which a thread leads back below the cards of its ends, and below those between them that it would cross but `dropped`. */
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

/** The path of a thread that leads back at a height, and the place of its label. */
export function loopPath(ends: ThreadEnds, level: number): readonly [path: string, labelX: number, labelY: number] {
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

/** The cards between two ends, both of these among them. */
function boxesBetween(
  ends: readonly Box[],
  nodes: ReadonlyMap<string, InternalNode>,
  dropped: string | undefined,
): Box[] {
  const left = Math.min(...ends.map((box) => box.left)) - offset;
  const right = Math.max(...ends.map((box) => box.right)) + offset;
  return (
    [...nodes.values()]
      // One that is being dragged may be dropped on the thread, which must not give way.
      .filter((node) => node.type !== 'note' && node.type !== 'frame' && node.dragging !== true && node.id !== dropped)
      .map(boxOf)
      .filter((box) => box.left < right && box.right > left)
  );
}

function boxOf({ internals, measured }: InternalNode): Box {
  const { x, y } = internals.positionAbsolute;
  return { left: x, right: x + (measured.width ?? 0), top: y, bottom: y + (measured.height ?? 0) };
}

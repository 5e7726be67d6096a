import { getSmoothStepPath, Position, type InternalNode } from '@xyflow/react';

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

/** The height at which a thread leads back below the cards of its ends, and below those between them that it would cross but `dropped`. */
export function loopLevel(
  source: string,
  target: string,
  nodes: ReadonlyMap<string, InternalNode>,
  dropped?: string,
): number {
  const ends = [source, target].flatMap((id) => nodes.get(id) ?? []).map(boxOf);
  const left = Math.min(...ends.map((box) => box.left)) - offset;
  const right = Math.max(...ends.map((box) => box.right)) + offset;
  const between = [...nodes.values()]
    // One that is being dragged may be dropped on the thread, which must not give way.
    .filter((node) => node.type !== 'note' && node.type !== 'frame' && node.dragging !== true && node.id !== dropped)
    .map(boxOf)
    .filter((box) => box.left < right && box.right > left)
    .sort((a, b) => a.top - b.top);
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

function boxOf({ internals, measured }: InternalNode): {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
} {
  const { x, y } = internals.positionAbsolute;
  return { left: x, right: x + (measured.width ?? 0), top: y, bottom: y + (measured.height ?? 0) };
}

import type { InternalNode } from '@xyflow/react';
import type { EdgeEnds } from './loop-edge.js';

export interface CardBox {
  readonly id: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The distance between an edge and the cards that it goes around. */
const margin = 22;
/** The horizontal distance over which an edge climbs or drops to its lane. */
const aside = 20;
const samples = 24;

const known = new WeakMap<object, readonly CardBox[]>();

/**
 * The cards that edges go around, computed once per change of the canvas. A dragged card is left out: it may be dropped on an edge, so the
 * edge must not move away from it.
 */
export function cardBoxes(nodes: object, lookup: ReadonlyMap<string, InternalNode>): readonly CardBox[] {
  const before = known.get(nodes);
  if (before !== undefined) return before;
  const boxes = [...lookup.values()].flatMap((node): CardBox[] => {
    const { width, height } = node.measured;
    if (node.type === 'note' || node.type === 'frame' || node.dragging === true) return [];
    if (width === undefined || height === undefined) return [];
    const { x, y } = node.internals.positionAbsolute;
    return [{ id: node.id, left: x, right: x + width, top: y, bottom: y + height }];
  });
  known.set(nodes, boxes);
  return boxes;
}

/** A lane past cards: its height, and its start and end. */
export interface Lane {
  readonly level: number;
  readonly left: number;
  readonly right: number;
  /** The side with more space: 1 below the lane, -1 above. */
  readonly way: 1 | -1;
}

/** The lane in which an edge passes the cards that its curve would run behind; undefined where there are none. */
export function laneAround(ends: EdgeEnds, boxes: readonly CardBox[]): Lane | undefined {
  const { sourceX, sourceY, targetX, targetY } = ends;
  const within = boxes.filter(({ left, right }) => left > sourceX && right < targetX);
  const hit = within.filter((box) => isBehind(ends, box));
  if (hit.length === 0) return undefined;
  const left = Math.max(sourceX + aside, Math.min(...hit.map((box) => box.left)) - aside);
  const right = Math.min(targetX - aside, Math.max(...hit.map((box) => box.right)) + aside);
  const passed = within.filter((box) => box.right > left && box.left < right);
  const above = levelBeyond(passed, Math.min(...hit.map(({ top }) => top)) - margin, -1);
  const below = levelBeyond(passed, Math.max(...hit.map(({ bottom }) => bottom)) + margin, 1);
  const detour = (level: number): number => Math.abs(level - sourceY) + Math.abs(level - targetY);
  return detour(above) < detour(below) ? { left, right, level: above, way: -1 } : { left, right, level: below, way: 1 };
}

/** The height nearest to `from` at which no card is in the way, searched upwards or downwards. */
function levelBeyond(boxes: readonly CardBox[], from: number, way: 1 | -1): number {
  const sorted = [...boxes].sort((a, b) => (way === 1 ? a.top - b.top : b.bottom - a.bottom));
  return sorted.reduce(
    (level, { top, bottom }) =>
      level > top - margin / 2 && level < bottom + margin / 2 ? (way === 1 ? bottom + margin : top - margin) : level,
    from,
  );
}

/** Whether the plain curve between two ends runs behind a card. */
function isBehind({ sourceX, sourceY, targetX, targetY }: EdgeEnds, box: CardBox): boolean {
  if (box.bottom < Math.min(sourceY, targetY) || box.top > Math.max(sourceY, targetY)) return false;
  const middle = (sourceX + targetX) / 2;
  for (let step = 1; step < samples; step += 1) {
    const t = step / samples;
    const x = bezier(t, sourceX, middle, middle, targetX);
    const y = bezier(t, sourceY, sourceY, targetY, targetY);
    if (x > box.left && x < box.right && y > box.top && y < box.bottom) return true;
  }
  return false;
}

function bezier(t: number, a: number, b: number, c: number, d: number): number {
  const rest = 1 - t;
  return rest ** 3 * a + 3 * rest ** 2 * t * b + 3 * rest * t ** 2 * c + t ** 3 * d;
}

/** The path of an edge through a lane, and the position of its label. */
export function lanePath(
  { sourceX, sourceY, targetX, targetY }: EdgeEnds,
  { left, right, level }: Omit<Lane, 'way'>,
): readonly [path: string, labelX: number, labelY: number] {
  const first = (left + sourceX) / 2;
  const last = (right + targetX) / 2;
  const path = [
    `M${sourceX},${sourceY} C${first},${sourceY} ${first},${level} ${left},${level}`,
    `L${right},${level}`,
    `C${last},${level} ${last},${targetY} ${targetX},${targetY}`,
  ].join(' ');
  return [path, (left + right) / 2, level];
}

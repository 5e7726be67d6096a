import type { Box } from '../../document/index.js';

/** A line that shows what a dragged card aligns with. */
export interface SnapLine {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

interface Snap {
  readonly dx: number;
  readonly dy: number;
  readonly lines: readonly SnapLine[];
}

const noSnap: Snap = { dx: 0, dy: 0, lines: [] };

/** How far to move a box so that an edge or its centre aligns with a close one, and the lines to show. */
export function snap(moving: Box, others: Iterable<Box>, reach: number): Snap {
  let bestX: Candidate | undefined;
  let bestY: Candidate | undefined;
  for (const other of others) {
    bestX = nearer(bestX, positionsOf(moving.x, moving.width), positionsOf(other.x, other.width), reach, other);
    bestY = nearer(bestY, positionsOf(moving.y, moving.height), positionsOf(other.y, other.height), reach, other);
  }
  if (bestX === undefined && bestY === undefined) return noSnap;
  const moved = { ...moving, x: moving.x + (bestX?.shift ?? 0), y: moving.y + (bestY?.shift ?? 0) };
  return {
    dx: bestX?.shift ?? 0,
    dy: bestY?.shift ?? 0,
    lines: [
      ...(bestX === undefined
        ? []
        : [
            {
              axis: 'x' as const,
              at: bestX.at,
              from: Math.min(moved.y, bestX.other.y),
              to: Math.max(moved.y + moved.height, bestX.other.y + bestX.other.height),
            },
          ]),
      ...(bestY === undefined
        ? []
        : [
            {
              axis: 'y' as const,
              at: bestY.at,
              from: Math.min(moved.x, bestY.other.x),
              to: Math.max(moved.x + moved.width, bestY.other.x + bestY.other.width),
            },
          ]),
    ],
  };
}

interface Candidate {
  readonly shift: number;
  readonly at: number;
  readonly other: Box;
}

/** Positions that can align: start, centre, end. */
const positionsOf = (start: number, size: number): readonly [number, number, number] => [
  start,
  start + size / 2,
  start + size,
];

/** Start aligns with start or end, end with either, centre with centre; the nearest wins. */
function nearer(
  best: Candidate | undefined,
  own: readonly [number, number, number],
  others: readonly [number, number, number],
  reach: number,
  other: Box,
): Candidate | undefined {
  let found = best;
  for (const [mine, theirs] of pairs) {
    const shift = others[theirs] - own[mine];
    if (Math.abs(shift) <= reach && Math.abs(shift) < Math.abs(found?.shift ?? Number.POSITIVE_INFINITY))
      found = { shift, at: others[theirs], other };
  }
  return found;
}

const pairs: readonly (readonly [0 | 1 | 2, 0 | 1 | 2])[] = [
  [0, 0],
  [2, 2],
  [1, 1],
  [0, 2],
  [2, 0],
];

import type { WorkflowDocument } from '@heddle/core';
import { positionsIn } from './positions-in.js';
import type { Fragment } from '../edit/fragment.js';

const aside = 32;
const mostTries = 50;

/**
 * Finds a corner at or beside `corner` for a pasted fragment, so that none of its cards and notes hides another one. After a second paste,
 * both copies are visible.
 */
export function freeCorner(
  document: WorkflowDocument,
  fragment: Fragment,
  corner: readonly [number, number],
): readonly [number, number] {
  const positionOf = positionsIn(document);
  const taken = [...Object.keys(document.nodes).map(positionOf), ...(document.layout?.notes ?? []).map(({ at }) => at)];
  const positions = [...Object.values(fragment.places), ...fragment.notes.map(({ at }) => at)];
  const left = Math.min(...positions.map(([x]) => x));
  const top = Math.min(...positions.map(([, y]) => y));
  for (let attempt = 0; attempt < mostTries; attempt += 1) {
    const x = corner[0] + attempt * aside;
    const y = corner[1] + attempt * aside;
    const hides = positions.some((position) =>
      taken.some((other) => isAt(other, [position[0] - left + x, position[1] - top + y])),
    );
    if (!hides) return [x, y];
  }
  return corner;
}

function isAt(a: readonly [number, number], b: readonly [number, number]): boolean {
  return Math.abs(a[0] - b[0]) < aside / 2 && Math.abs(a[1] - b[1]) < aside / 2;
}

import type { WorkflowDocument } from '@heddle/core';
import type { Box } from './box.js';
import { positionsIn } from './positions-in.js';
import { noteSize } from '../edit/notes.js';
import { cardWidth } from './card-size.js';

const usual = { width: cardWidth, height: 150 };
const between = 24;
const mostTries = 60;

/** Finds the nearest position at or below `at` where a new element covers no card and no note. Returns `at` if it finds none. */
export function freePosition(
  document: WorkflowDocument,
  at: readonly [number, number],
  boxOf: (id: string) => Box | undefined = () => undefined,
  size: Pick<Box, 'width' | 'height'> = usual,
): readonly [number, number] {
  const positionOf = positionsIn(document);
  const boxes = Object.keys(document.nodes).map((id): Box => {
    const [x, y] = positionOf(id);
    return boxOf(id) ?? { x, y, ...usual };
  });
  const notes = (document.layout?.notes ?? []).map(({ at: [x, y], size: [width, height] = noteSize }): Box => {
    return { x, y, width, height };
  });
  const taken = [...boxes, ...notes];
  let y = at[1];
  for (let attempt = 0; attempt < mostTries; attempt += 1) {
    const here = { x: at[0], y, ...size };
    const under = taken.find((box) => isNear(here, box));
    if (under === undefined) return [at[0], y];
    y = under.y + under.height + between;
  }
  return at;
}

function isNear(a: Box, b: Box): boolean {
  return (
    a.x < b.x + b.width + between / 2 &&
    b.x < a.x + a.width + between / 2 &&
    a.y < b.y + b.height + between / 2 &&
    b.y < a.y + a.height + between / 2
  );
}

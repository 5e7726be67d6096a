import type { WorkflowDocument } from '@heddle/core';
import { layoutOf, withPositions } from './layout-of.js';

/** Moves nodes. Returns the same document if none of them moves. */
export function arrange(
  document: WorkflowDocument,
  positions: ReadonlyMap<string, readonly [number, number]>,
): WorkflowDocument {
  const before = layoutOf(document).nodes;
  const moved = [...positions].filter(([id, [x, y]]) => {
    const at = before[id];
    return (
      Object.hasOwn(document.nodes, id) && (at === undefined || at[0] !== Math.round(x) || at[1] !== Math.round(y))
    );
  });
  return withPositions(document, new Map(moved));
}

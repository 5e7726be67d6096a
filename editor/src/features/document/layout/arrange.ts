import type { WorkflowDocument } from '@heddle/core';
import { layoutOf, withPlaces } from './layout-of.js';

/** Moves nodes; the same document where nothing moves. */
export function arrange(
  document: WorkflowDocument,
  places: ReadonlyMap<string, readonly [number, number]>,
): WorkflowDocument {
  const before = layoutOf(document).nodes;
  const moved = [...places].filter(([id, [x, y]]) => {
    const at = before[id];
    return (
      Object.hasOwn(document.nodes, id) && (at === undefined || at[0] !== Math.round(x) || at[1] !== Math.round(y))
    );
  });
  return withPlaces(document, new Map(moved));
}

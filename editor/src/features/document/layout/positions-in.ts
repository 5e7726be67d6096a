import { chosenPositions, columnsOf, type WorkflowDocument } from '@heddle/core';

/** Returns a function for the position of a node: from the layout, or in columns if the layout has none for it. */
export function positionsIn(document: WorkflowDocument): (id: string) => readonly [number, number] {
  const positions = chosenPositions(document);
  const columns = positions.size === Object.keys(document.nodes).length ? undefined : columnsOf(document);
  return (id) => positions.get(id) ?? columns?.get(id) ?? [0, 0];
}

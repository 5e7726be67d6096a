import { chosenPositions, columnsOf, type WorkflowDocument } from '@heddle/core';

/** The position of each node: from the layout, or in columns where one has none. */
export function positionsIn(document: WorkflowDocument): (id: string) => readonly [number, number] {
  const positions = chosenPositions(document);
  const columns = positions.size === Object.keys(document.nodes).length ? undefined : columnsOf(document);
  return (id) => positions.get(id) ?? columns?.get(id) ?? [0, 0];
}

import { chosenPlaces, columnsOf, type WorkflowDocument } from '@heddle/core';

/** The position of each node: from the layout, or in columns where one has none. */
export function positionsIn(document: WorkflowDocument): (id: string) => readonly [number, number] {
  const places = chosenPlaces(document);
  const columns = places.size === Object.keys(document.nodes).length ? undefined : columnsOf(document);
  return (id) => places.get(id) ?? columns?.get(id) ?? [0, 0];
}

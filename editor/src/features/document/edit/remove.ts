import { edgeId, splitEnd, type WorkflowDocument } from '@heddle/core';
import { layoutOf } from '../layout/layout-of.js';

/** Removes nodes with all their edges, and edges by their ids. */
export function remove(
  document: WorkflowDocument,
  nodeIds: ReadonlySet<string>,
  edgeIds: ReadonlySet<string>,
): WorkflowDocument {
  const edges = document.edges.filter((edge) => {
    if (edgeIds.has(edgeId(edge))) return false;
    return !nodeIds.has(splitEnd(edge.from)?.node ?? '') && !nodeIds.has(splitEnd(edge.to)?.node ?? '');
  });
  if (nodeIds.size === 0) return edges.length === document.edges.length ? document : { ...document, edges };
  const without = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([id]) => !nodeIds.has(id)));
  const layout = layoutOf(document);
  const groups = layout.groups.map((group) => ({ ...group, nodes: group.nodes.filter((id) => !nodeIds.has(id)) }));
  return {
    ...document,
    nodes: without(document.nodes),
    edges,
    layout: { ...layout, nodes: without(layout.nodes), groups: groups.filter((group) => group.nodes.length > 0) },
  };
}

import { edgeId, type DocumentEdge } from '../document/workflow-document.js';
import type { Steps } from '../values/steps.js';

/** Edges to list between two pauses. */
const stretch = 5_000;

/** Edges by id, converted by `change`. If two edges have the same id, the last one counts. */
export function* edgesById(
  edges: readonly DocumentEdge[],
  change: (edge: DocumentEdge) => DocumentEdge = (edge) => edge,
): Steps<ReadonlyMap<string, DocumentEdge>> {
  const byId = new Map<string, DocumentEdge>();
  for (const [index, edge] of edges.entries()) {
    const changed = change(edge);
    byId.set(edgeId(changed), changed);
    if (index % stretch === stretch - 1) yield;
  }
  return byId;
}

import { edgeId, type DocumentEdge } from '../document/workflow-document.js';
import type { Steps } from '../values/steps.js';

/** Edges that are named without a pause. */
const stretch = 2_000;

/** The edges of a graph by their ids, in pieces. */
export function* edgesById(edges: readonly DocumentEdge[]): Steps<ReadonlyMap<string, DocumentEdge>> {
  const byId = new Map<string, DocumentEdge>();
  for (const [index, edge] of edges.entries()) {
    if (index % stretch === stretch - 1) yield;
    byId.set(edgeId(edge), edge);
  }
  return byId;
}

import { edgeId, splitEnd, type DocumentEdge, type DocumentNode, type WorkflowDocument } from '@heddle/core';
import type { Difference, Side } from './compare-documents.js';

/**
 * One document of two: every part that differs from the side that was chosen for it. Edges whose node is in neither choice are
 * left out, and a node that comes from the other side keeps its place.
 */
export function mergeDocuments(
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
  differences: readonly Difference[],
  sideOf: (difference: Difference) => Side,
): WorkflowDocument {
  const sides = new Map(differences.map((difference) => [difference.key, sideOf(difference)]));
  const of = (key: string): WorkflowDocument => (sides.get(key) === 'theirs' ? theirs : mine);
  const ids = [...new Set([...Object.keys(mine.nodes), ...Object.keys(theirs.nodes)])];
  const nodes: Record<string, DocumentNode> = Object.fromEntries(
    ids.flatMap((id) => {
      const node = of(`node:${id}`).nodes[id];
      return node === undefined ? [] : [[id, node]];
    }),
  );
  const { description, workflows } = {
    description: of('head:description').description,
    workflows: of('head:workflows').workflows,
  };
  return {
    heddle: mine.heddle,
    name: of('head:name').name,
    ...(description === undefined ? {} : { description }),
    nodes,
    edges: edgesOf(mine, theirs, of).filter(({ from, to }) => isThere(from, nodes) && isThere(to, nodes)),
    layout: layoutOf(of('head:layout'), of('head:layout') === mine ? theirs : mine, nodes),
    ...(workflows === undefined ? {} : { workflows }),
  };
}

function edgesOf(
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
  of: (key: string) => WorkflowDocument,
): DocumentEdge[] {
  const byId = (document: WorkflowDocument): ReadonlyMap<string, DocumentEdge> =>
    new Map(document.edges.map((edge) => [edgeId(edge), edge]));
  const edges = new Map<WorkflowDocument, ReadonlyMap<string, DocumentEdge>>([
    [mine, byId(mine)],
    [theirs, byId(theirs)],
  ]);
  const ids = [...new Set([...mine.edges, ...theirs.edges].map(edgeId))];
  return ids.flatMap((id) => edges.get(of(`edge:${id}`))?.get(id) ?? []);
}

function layoutOf(
  chosen: WorkflowDocument,
  other: WorkflowDocument,
  nodes: Readonly<Record<string, DocumentNode>>,
): NonNullable<WorkflowDocument['layout']> {
  const places = { ...other.layout?.nodes, ...chosen.layout?.nodes };
  return {
    nodes: Object.fromEntries(Object.entries(places).filter(([id]) => Object.hasOwn(nodes, id))),
    notes: chosen.layout?.notes ?? [],
    groups: (chosen.layout?.groups ?? []).map((group) => ({
      ...group,
      nodes: group.nodes.filter((id) => Object.hasOwn(nodes, id)),
    })),
  };
}

function isThere(end: string, nodes: Readonly<Record<string, DocumentNode>>): boolean {
  const node = splitEnd(end)?.node;
  return node !== undefined && Object.hasOwn(nodes, node);
}

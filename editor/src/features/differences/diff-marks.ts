import {
  diffDocuments,
  edgeId,
  type DocumentDiff,
  type EdgeChange,
  type NodeChange,
  type WorkflowDocument,
} from '@heddle/core';
import { createContext } from 'react';

/** How a node or edge differs from the compared version. */
export type DiffMark = NodeChange['change'] | EdgeChange['change'];

interface DiffMarks {
  readonly nodes: ReadonlyMap<string, DiffMark>;
  readonly edges: ReadonlyMap<string, DiffMark>;
}

export const DiffContext = createContext<DiffMarks | undefined>(undefined);

/** Two versions in one document: the later version, with the removed elements of the earlier one. */
export interface Comparison {
  readonly document: WorkflowDocument;
  readonly diff: DocumentDiff;
  readonly marks: DiffMarks;
}

const width = 248;
const height = 150;
const step = 48;

/** Merges two versions into one document. Removed nodes keep their old positions, or are placed below the others. */
export function compareVersions(before: WorkflowDocument, after: WorkflowDocument): Comparison {
  const diff = diffDocuments(before, after);
  const renamed = new Map(diff.nodes.flatMap(({ id, from }) => (from === undefined ? [] : [[from, id] as const])));
  const removed = diff.nodes.filter(({ change }) => change === 'removed').map(({ id }) => id);
  const gone = new Set(removed);
  const end = (name: string): string => {
    const [node = '', port = ''] = name.split('.');
    return `${renamed.get(node) ?? node}.${port}`;
  };
  const removedEdges = new Set(diff.edges.flatMap(({ id, change }) => (change === 'removed' ? [id] : [])));
  const lost = before.edges
    .map((edge) => ({ ...edge, from: end(edge.from), to: end(edge.to) }))
    .filter((edge) => removedEdges.has(edgeId(edge)));
  return {
    diff,
    marks: {
      nodes: new Map(diff.nodes.map(({ id, change }) => [id, change])),
      edges: new Map(diff.edges.map(({ id, change }) => [id, change])),
    },
    document: {
      ...after,
      nodes: {
        ...after.nodes,
        ...Object.fromEntries(Object.entries(before.nodes).filter(([id]) => gone.has(id))),
      },
      edges: [...after.edges, ...lost],
      layout: after.layout === undefined ? undefined : withPositions(after.layout, before.layout, removed),
    },
  };
}

type Layout = NonNullable<WorkflowDocument['layout']>;

/** The later layout, with positions for nodes that are missing in it. */
function withPositions(after: Layout, before: Layout | undefined, ids: readonly string[]): Layout {
  const nodes: Record<string, [number, number]> = { ...after.nodes };
  for (const id of ids) {
    const position = before?.nodes[id];
    if (position === undefined) continue;
    const [x] = position;
    let [, y] = position;
    const isTaken = (): boolean =>
      Object.values(nodes).some(([left, top]) => Math.abs(left - x) < width && Math.abs(top - y) < height);
    while (isTaken()) y += step;
    nodes[id] = [x, y];
  }
  return { ...after, nodes };
}

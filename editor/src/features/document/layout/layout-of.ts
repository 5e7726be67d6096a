import type { Layout, WorkflowDocument } from '@heddle/core';

/** The layout of a document; empty if it has none. */
export function layoutOf(document: WorkflowDocument): Layout {
  return document.layout ?? { nodes: {}, notes: [], groups: [] };
}

/** The document with new positions for some nodes. */
export function withPositions(
  document: WorkflowDocument,
  positions: ReadonlyMap<string, readonly [number, number]>,
): WorkflowDocument {
  if (positions.size === 0) return document;
  const layout = layoutOf(document);
  const rounded = [...positions].map(([id, [x, y]]) => [id, [Math.round(x), Math.round(y)]] as const);
  return {
    ...document,
    layout: {
      ...layout,
      nodes: {
        ...layout.nodes,
        ...Object.fromEntries(rounded.map(([id, [x, y]]) => [id, [x, y] satisfies [number, number]])),
      },
    },
  };
}

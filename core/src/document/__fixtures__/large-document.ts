/** How large a document is. */
export interface Extent {
  /** Nodes of each graph. */
  readonly nodes: number;
  /** Workflows inside, each as large as the document's own graph. */
  readonly inner?: number;
  /** Values in the settings of each node. */
  readonly values?: number;
}

/** A document as it comes in: chains of nodes with places on the canvas, as large as is said. */
export function largeDocument({ nodes, inner = 0, values = 0 }: Extent) {
  const graph = () => ({
    nodes: Object.fromEntries(
      Array.from({ length: nodes }, (_, index) => [
        `n${index}`,
        { type: 'step', version: 1, config: { values: Array.from({ length: values }, (_none, value) => value) } },
      ]),
    ),
    edges: Array.from({ length: Math.max(0, nodes - 1) }, (_, index) => ({
      from: `n${index}.text`,
      to: `n${index + 1}.text`,
    })),
    layout: {
      nodes: Object.fromEntries(Array.from({ length: nodes }, (_, index) => [`n${index}`, [index, 0]])),
      notes: [],
      groups: [],
    },
  });
  const workflows = Object.fromEntries(Array.from({ length: inner }, (_, index) => [`inner-${index}`, graph()]));
  return { heddle: 1, name: 'Large', ...graph(), ...(inner === 0 ? {} : { workflows }) };
}

/** The size of a document. */
export interface Extent {
  /** Nodes of each graph. */
  readonly nodes: number;
  /** Nested workflows, each as large as the graph of the document. */
  readonly inner?: number;
  /** Values in the settings of each node. */
  readonly values?: number;
}

/** A raw document of the given size: chains of nodes with positions on the canvas. */
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
  return { heddle: 2, name: 'Large', ...graph(), ...(inner === 0 ? {} : { workflows }) };
}

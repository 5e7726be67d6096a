import type {
  DocumentDiff,
  DocumentNode,
  FieldChange,
  InnerWorkflow,
  NodeChange,
  WorkflowDocument,
} from '@heddle/core';

/** Adds all settings of added nodes and inner workflows to a difference, so that the person who accepts them can read them. */
export function withSettings(diff: DocumentDiff, next: WorkflowDocument): DocumentDiff {
  return {
    ...diff,
    nodes: diff.nodes.map((node) => shown(node, next.nodes)),
    workflows: diff.workflows.map((inner) => {
      const graph = next.workflows?.[inner.name];
      if (graph === undefined) return inner;
      return inner.change === 'added'
        ? { ...inner, ...addedGraph(graph), change: 'changed' as const }
        : { ...inner, nodes: inner.nodes.map((node) => shown(node, graph.nodes)) };
    }),
  };
}

function shown(change: NodeChange, nodes: InnerWorkflow['nodes']): NodeChange {
  const node = nodes[change.id];
  return change.change === 'added' && node !== undefined ? { ...change, fields: settingsOf(node) } : change;
}

const addedGraph = ({ nodes, edges }: InnerWorkflow): Pick<DocumentDiff, 'nodes' | 'edges'> => ({
  nodes: Object.entries(nodes).map(([id, node]) => ({
    id,
    change: 'added',
    type: node.type,
    fields: settingsOf(node),
  })),
  edges: edges.map(({ from, to }) => ({ id: `${from}->${to}`, change: 'added', fields: [] })),
});

function settingsOf({ config, label, run, prompts }: DocumentNode): readonly FieldChange[] {
  const own = { label, run, prompts };
  return [
    ...Object.entries(config ?? {}).map(([name, after]) => ({ path: `config.${name}`, after })),
    ...Object.entries(own).flatMap(([path, after]) => (after === undefined ? [] : [{ path, after }])),
  ];
}

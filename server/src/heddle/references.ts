import {
  runThrough,
  type DocumentNode,
  type InnerWorkflow,
  type NodeCatalog,
  type NodeReference,
  type Steps,
  type WorkflowDocument,
} from '@heddle/core';

type Graph = Pick<InnerWorkflow, 'nodes'>;

/** Nodes that are looked at without a pause. */
const stretch = 100;

/**
 * Whether a document, or a workflow that it refers to, names a collection. Compiling then needs the collections' labels;
 * other documents compile without opening the vector store.
 */
export function* refersToCollections(
  document: WorkflowDocument,
  catalog: NodeCatalog,
  workflow: (slug: string) => WorkflowDocument | undefined,
): Steps<boolean> {
  const seen = new Set<WorkflowDocument>();
  const open: WorkflowDocument[] = [document];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const reference of yield* referencesSteps(next, catalog)) {
      if (reference.kind === 'collection') return true;
      const inner = reference.kind === 'workflow' ? workflow(reference.id) : undefined;
      if (inner !== undefined) open.push(inner);
    }
  }
  return false;
}

/** What the nodes of a document and of its inner workflows refer to. */
export const referencesOf = (document: WorkflowDocument, catalog: NodeCatalog): readonly NodeReference[] =>
  runThrough(referencesSteps(document, catalog));

/** The same in pieces. */
export function* referencesSteps(document: WorkflowDocument, catalog: NodeCatalog): Steps<readonly NodeReference[]> {
  const graphs: readonly Graph[] = [document, ...Object.values(document.workflows ?? {})];
  const found: NodeReference[] = [];
  let count = 0;
  for (const graph of graphs)
    for (const node of Object.values(graph.nodes)) {
      count += 1;
      if (count % stretch === 0) yield;
      for (const reference of referencesOfNode(node, catalog)) found.push(reference);
    }
  return found;
}

/** What one node refers to; nothing where its settings cannot be read. */
export function referencesOfNode(
  { type, config }: Pick<DocumentNode, 'type' | 'config'>,
  catalog: NodeCatalog,
): readonly NodeReference[] {
  const definition = catalog.get(type);
  const parsed = definition?.config.safeParse(config);
  return definition?.references === undefined || parsed?.success !== true ? [] : definition.references(parsed.data);
}

import type { DocumentNode, InnerWorkflow, NodeCatalog, NodeReference, WorkflowDocument } from '@heddle/core';

type Graph = Pick<InnerWorkflow, 'nodes'>;

/**
 * Whether a document, or a workflow that it refers to, names a collection. Compiling then needs the collections' labels;
 * other documents compile without opening the vector store.
 */
export function refersToCollections(
  document: WorkflowDocument,
  catalog: NodeCatalog,
  workflow: (slug: string) => WorkflowDocument | undefined,
): boolean {
  const seen = new Set<WorkflowDocument>();
  const open: WorkflowDocument[] = [document];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const reference of referencesOf(next, catalog)) {
      if (reference.kind === 'collection') return true;
      const inner = reference.kind === 'workflow' ? workflow(reference.id) : undefined;
      if (inner !== undefined) open.push(inner);
    }
  }
  return false;
}

/** What the nodes of a document and of its inner workflows refer to. */
export function referencesOf(document: WorkflowDocument, catalog: NodeCatalog): readonly NodeReference[] {
  const graphs: readonly Graph[] = [document, ...Object.values(document.workflows ?? {})];
  return graphs.flatMap((graph) => Object.values(graph.nodes).flatMap((node) => referencesOfNode(node, catalog)));
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

import {
  createPace,
  referencesOfNode,
  runThrough,
  workOfNode,
  type InnerWorkflow,
  type NodeCatalog,
  type NodeReference,
  type Steps,
  type WorkflowDocument,
} from '@heddle/core';

type Graph = Pick<InnerWorkflow, 'nodes'>;

/** Work on nodes in one tick. */
const stretch = 1_000;

/** What a document and the workflows that it refers to name. */
export interface Named {
  /** Such a document needs the labels of collections to compile; others compile without opening the vector store. */
  readonly collections: ReadonlySet<string>;
  /** The document itself and the workflows, however many workflows away. */
  readonly documents: ReadonlySet<WorkflowDocument>;
}

/** Finds what a document names. */
export function* namedBy(
  document: WorkflowDocument,
  catalog: NodeCatalog,
  workflow: (slug: string) => WorkflowDocument | undefined,
): Steps<Named> {
  const collections = new Set<string>();
  const documents = new Set<WorkflowDocument>();
  const open: WorkflowDocument[] = [document];
  const isDue = createPace(stretch);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (documents.has(next)) continue;
    documents.add(next);
    for (const reference of yield* referencesSteps(next, catalog, isDue)) {
      if (reference.kind === 'collection') collections.add(reference.id);
      const inner = reference.kind === 'workflow' ? workflow(reference.id) : undefined;
      if (inner !== undefined) open.push(inner);
    }
  }
  return { collections, documents };
}

/** What the nodes of a document and of its inner workflows refer to. */
export const referencesOf = (document: WorkflowDocument, catalog: NodeCatalog): readonly NodeReference[] =>
  runThrough(referencesSteps(document, catalog));

/** The same in steps. Pass `isDue` where several documents share the work of one step. */
export function* referencesSteps(
  document: WorkflowDocument,
  catalog: NodeCatalog,
  isDue = createPace(stretch),
): Steps<readonly NodeReference[]> {
  const graphs: readonly Graph[] = [document, ...Object.values(document.workflows ?? {})];
  const found: NodeReference[] = [];
  for (const graph of graphs)
    for (const node of Object.values(graph.nodes)) {
      if (isDue(workOfNode(node))) yield;
      for (const reference of referencesOfNode(node, catalog)) found.push(reference);
    }
  return found;
}

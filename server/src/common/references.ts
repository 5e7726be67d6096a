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

/** How much work on nodes is done in one tick. */
const stretch = 1_000;

/** The collections and documents that a document names, directly or through the workflows that it calls. */
export interface Named {
  /** If there are any, their labels are needed to compile the document. Without any, compiling opens no vector store. */
  readonly collections: ReadonlySet<string>;
  /** The document itself and all workflows that it reaches. */
  readonly documents: ReadonlySet<WorkflowDocument>;
}

/** Finds what a document names, in steps. */
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

/** The references of the nodes in a document and in its inner workflows. */
export const referencesOf = (document: WorkflowDocument, catalog: NodeCatalog): readonly NodeReference[] =>
  runThrough(referencesSteps(document, catalog));

/** As `referencesOf`, in steps. Pass `isDue` if several documents share the work of one step. */
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

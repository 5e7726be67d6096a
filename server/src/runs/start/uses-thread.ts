import type { DocumentNode, NodeCatalog, PlanBundle } from '@heddle/core';

const known = new WeakMap<PlanBundle, boolean>();

/** Whether a node of a workflow, or of its inner workflows, reads or writes the thread of its run. */
export function usesThread(bundle: PlanBundle, catalog: NodeCatalog): boolean {
  const before = known.get(bundle);
  if (before !== undefined) return before;
  const uses = (nodes: Readonly<Record<string, DocumentNode>>): boolean =>
    Object.values(nodes).some(({ type }) => catalog.get(type)?.usesThread === true);
  const documents = [bundle.document, ...Object.values(bundle.workflows)];
  const found = documents.some(
    ({ nodes, workflows = {} }) => uses(nodes) || Object.values(workflows).some((inner) => uses(inner.nodes)),
  );
  known.set(bundle, found);
  return found;
}

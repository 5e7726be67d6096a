import type { WorkflowDocument } from '../document/workflow-document.js';
import type { NodeCatalog } from '../node/catalog.js';
import type { PlanBundle } from '../ports/journal.js';
import { compilePlan, type CompileResult } from './compile-plan.js';
import type { CompileFacts } from './facts.js';

/** Collects a document with every workflow that it refers to, however deep: what acceptance stores (D3). */
export function bundleOf(
  document: WorkflowDocument,
  catalog: NodeCatalog,
  find: (slug: string) => WorkflowDocument | undefined,
): PlanBundle {
  const workflows: Record<string, WorkflowDocument> = {};
  const open = [document];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const slug of slugsOf(next, catalog)) {
      if (Object.hasOwn(workflows, slug)) continue;
      const found = find(slug);
      if (found === undefined) continue;
      workflows[slug] = found;
      open.push(found);
    }
  }
  return { document, workflows };
}

/** Compiles a stored bundle again: sub-workflows come from the bundle, not from what is stored now. */
export function compileBundle(
  bundle: PlanBundle,
  catalog: NodeCatalog,
  facts: Omit<CompileFacts, 'workflow'> = {},
): CompileResult {
  const workflow = (slug: string): WorkflowDocument | undefined =>
    Object.hasOwn(bundle.workflows, slug) ? bundle.workflows[slug] : undefined;
  return compilePlan(bundle.document, catalog, { ...facts, workflow });
}

function slugsOf(document: WorkflowDocument, catalog: NodeCatalog): string[] {
  const graphs = [document, ...Object.values(document.workflows ?? {})];
  return graphs.flatMap((graph) =>
    Object.values(graph.nodes).flatMap((node) => {
      const definition = catalog.get(node.type);
      if (definition?.references === undefined) return [];
      const config = definition.config.safeParse(node.config);
      return (config.success ? definition.references(config.data) : []).flatMap(({ kind, id }) =>
        kind === 'workflow' && !id.startsWith('#') ? [id] : [],
      );
    }),
  );
}

import { workOfNode } from '../document/work-of-node.js';
import type { WorkflowDocument } from '../document/workflow-document.js';
import type { NodeCatalog } from '../node/catalog.js';
import type { PlanBundle } from '../ports/journal.js';
import { createPace, type Pace, type Steps } from '../values/steps.js';
import { compilePlanSteps } from './compile-plan.js';
import type { CompileResult } from './compile-result.js';

/** Work between two pauses: the values in the nodes. */
const stretch = 1_000;

/** Collects a document and every workflow that it refers to, at any depth: what acceptance stores (rule "Stored plan"). */
export function* bundleSteps(
  document: WorkflowDocument,
  catalog: NodeCatalog,
  find: (slug: string) => WorkflowDocument | undefined,
): Steps<PlanBundle> {
  const workflows: Record<string, WorkflowDocument> = {};
  const open = [document];
  const isDue = createPace(stretch);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const slug of yield* slugsOf(next, catalog, isDue)) {
      if (Object.hasOwn(workflows, slug)) continue;
      const found = find(slug);
      if (found === undefined) continue;
      workflows[slug] = found;
      open.push(found);
    }
  }
  return { document, workflows };
}

/** Compiles a stored bundle again, in steps. Sub-workflows come from the bundle, not from the current store. */
export function compileBundleSteps(bundle: PlanBundle, catalog: NodeCatalog): Steps<CompileResult> {
  const workflow = (slug: string): WorkflowDocument | undefined =>
    Object.hasOwn(bundle.workflows, slug) ? bundle.workflows[slug] : undefined;
  return compilePlanSteps(bundle.document, catalog, { workflow });
}

function* slugsOf(document: WorkflowDocument, catalog: NodeCatalog, isDue: Pace): Steps<readonly string[]> {
  const slugs: string[] = [];
  for (const graph of [document, ...Object.values(document.workflows ?? {})])
    for (const node of Object.values(graph.nodes)) {
      if (isDue(workOfNode(node))) yield;
      const definition = catalog.get(node.type);
      if (definition?.references === undefined) continue;
      const config = definition.config.safeParse(node.config);
      if (!config.success) continue;
      for (const { kind, id } of definition.references(config.data))
        if (kind === 'workflow' && !id.startsWith('#')) slugs.push(id);
    }
  return slugs;
}

import type { InnerWorkflow, WorkflowDocument } from '../document/workflow-document.js';
import type { NodeCatalog } from '../node/catalog.js';
import type { CompileResult } from './compile-plan.js';
import type { CompileFacts } from './facts.js';
import type { IssueList } from './issue-list.js';
import type { Plan } from './plan.js';

/** Deepest nesting of workflows by reference. */
const deepest = 16;

/** The workflows that a graph refers to, compiled. */
export interface NestedPlans {
  readonly plans: ReadonlyMap<string, Plan>;
  get(reference: string): Pick<CompileResult, 'interface' | 'dataMap'> | undefined;
}

type Compile = (
  document: WorkflowDocument,
  graph: InnerWorkflow | WorkflowDocument,
  catalog: NodeCatalog,
  facts: CompileFacts,
  trail: readonly string[],
) => CompileResult;

/** Compiles every workflow that the nodes of a graph refer to (`#name` inside the document, else a slug), and reports the ones that cannot be used. */
export function compileNested(
  document: WorkflowDocument,
  graph: Pick<InnerWorkflow, 'nodes'>,
  catalog: NodeCatalog,
  facts: CompileFacts,
  trail: readonly string[],
  issues: IssueList,
  compile: Compile,
): NestedPlans {
  const results = new Map<string, CompileResult>();
  const plans = new Map<string, Plan>();
  for (const { node, reference, field } of referencesOf(graph, catalog)) {
    const place = { node, field };
    // A `#name` of another document is another workflow: the trail names it with its document.
    const step = reference.startsWith('#') ? `${document.name}${reference}` : reference;
    if (trail.includes(step) || trail.length >= deepest) {
      issues.error({
        code: 'workflow-recursive',
        ...place,
        message: `The workflow '${reference}' runs itself: ${[...trail, step].join(' → ')}.`,
        fix: 'Use a loop edge inside one workflow instead.',
      });
      continue;
    }
    // What a nested run gives out goes to the node that asked for it.
    const inner = { ...facts, receivers: [] };
    const found = results.get(reference) ?? find(document, reference, inner, catalog, [...trail, step], compile);
    if (found === undefined) {
      issues.error({
        code: 'workflow-missing',
        ...place,
        message: `There is no workflow '${reference}'.`,
        fix: reference.startsWith('#')
          ? 'Add it under "workflows" of this document.'
          : 'Create or import it, or choose another one.',
      });
      continue;
    }
    results.set(reference, found);
    if (found.plan !== undefined) plans.set(reference, found.plan);
    const first = found.issues.find((issue) => issue.severity === 'error');
    if (first !== undefined) {
      issues.error({
        code: 'workflow-invalid',
        ...place,
        message: `The workflow '${reference}' has issues of its own: ${first.message}`,
        fix: 'Open it and solve them.',
      });
    }
  }
  return { plans, get: (reference) => results.get(reference) };
}

function find(
  document: WorkflowDocument,
  reference: string,
  facts: CompileFacts,
  catalog: NodeCatalog,
  trail: readonly string[],
  compile: Compile,
): CompileResult | undefined {
  if (reference.startsWith('#')) {
    const inner = document.workflows?.[reference.slice(1)];
    return inner === undefined ? undefined : compile(document, inner, catalog, facts, trail);
  }
  const other = facts.workflow?.(reference);
  return other === undefined ? undefined : compile(other, other, catalog, facts, trail);
}

function referencesOf(
  graph: Pick<InnerWorkflow, 'nodes'>,
  catalog: NodeCatalog,
): { node: string; reference: string; field: string }[] {
  return Object.entries(graph.nodes).flatMap(([node, entry]) => {
    const definition = catalog.get(entry.type);
    if (definition?.references === undefined) return [];
    const config = definition.config.safeParse(entry.config);
    const references = config.success ? definition.references(config.data) : [];
    return references
      .filter(({ kind }) => kind === 'workflow')
      .map(({ id, field }) => ({ node, reference: id, field }));
  });
}

import type { InnerWorkflow, WorkflowDocument } from '../document/workflow-document.js';
import type { NodeCatalog } from '../node/catalog.js';
import { workOfNode } from '../document/work-of-node.js';
import { createPace, type Steps } from '../values/steps.js';
import type { CompileResult } from './compile-plan.js';
import type { CompileFacts } from './facts.js';
import type { IssueList } from './issue-list.js';
import type { Plan } from './plan.js';

/** Deepest nesting of workflows by reference. */
const deepest = 16;

/** Work on nodes without a pause. */
const stretch = 1_000;

/** A graph and the document that it stands in: the document itself, or a workflow inside it. */
export interface GraphOf {
  readonly document: WorkflowDocument;
  readonly graph: InnerWorkflow | WorkflowDocument;
}

/** A graph that was compiled for the nodes that refer to it. */
interface Nested {
  readonly result: CompileResult;
  /** Levels of workflows, its own included. */
  readonly height: number;
}

/** One compilation: what all of its graphs share. */
export interface Compilation {
  readonly catalog: NodeCatalog;
  readonly facts: CompileFacts;
  /** Each graph is compiled once, however many nodes refer to it: those that refer to each other would double the work at every level. */
  readonly done: Map<GraphOf['graph'], Nested>;
  compile(of: GraphOf, compilation: Compilation, trail: readonly string[]): Steps<Nested>;
}

/** The workflows that a graph refers to, compiled. */
export interface NestedPlans {
  readonly plans: ReadonlyMap<string, Plan>;
  /** Levels of workflows below the graph. */
  readonly height: number;
  get(reference: string): Pick<CompileResult, 'interface' | 'dataMap'> | undefined;
}

/**
 * Compiles every workflow that the nodes of a graph refer to (`#name` inside the document, else a slug), and reports the ones that cannot be
 * used. `trail` names the workflows around it.
 */
export function* compileNested(
  { document, graph }: GraphOf,
  compilation: Compilation,
  trail: readonly string[],
  issues: IssueList,
): Steps<NestedPlans> {
  const results = new Map<string, CompileResult>();
  const plans = new Map<string, Plan>();
  let height = 0;
  for (const { node, reference, field } of yield* referencesOf(graph, compilation.catalog)) {
    const place = { node, field };
    // A `#name` of another document is another workflow: the trail names it with its document.
    const step = reference.startsWith('#') ? `${document.name}${reference}` : reference;
    const of = find(document, reference, compilation.facts);
    if (of === undefined) {
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
    const known = compilation.done.get(of.graph);
    const isCircle = trail.includes(step);
    if (isCircle || trail.length + (known?.height ?? 1) > deepest) {
      const way = [...trail, step].join(' → ');
      issues.error({
        code: 'workflow-recursive',
        ...place,
        message: isCircle
          ? `The workflow '${reference}' runs itself: ${way}.`
          : `The workflow '${reference}' is more than ${deepest} levels deep: ${way}.`,
        fix: isCircle ? 'Use a loop edge inside one workflow instead.' : 'Put parts of it on the levels above.',
      });
      continue;
    }
    const found = known ?? (yield* compilation.compile(of, compilation, [...trail, step]));
    compilation.done.set(of.graph, found);
    // There may be very many that are small.
    if (known === undefined) yield;
    height = Math.max(height, found.height);
    const { result } = found;
    results.set(reference, result);
    if (result.plan !== undefined) plans.set(reference, result.plan);
    const first = result.issues.find((issue) => issue.severity === 'error');
    if (first !== undefined) {
      issues.error({
        code: 'workflow-invalid',
        ...place,
        message: `The workflow '${reference}' has issues of its own: ${first.message}`,
        fix: 'Open it and solve them.',
      });
    }
  }
  return { plans, height, get: (reference) => results.get(reference) };
}

function find(document: WorkflowDocument, reference: string, facts: CompileFacts): GraphOf | undefined {
  if (!reference.startsWith('#')) {
    const other = facts.workflow?.(reference);
    return other === undefined ? undefined : { document: other, graph: other };
  }
  const graph = document.workflows?.[reference.slice(1)];
  return graph === undefined ? undefined : { document, graph };
}

function* referencesOf(
  graph: Pick<InnerWorkflow, 'nodes'>,
  catalog: NodeCatalog,
): Steps<readonly { readonly node: string; readonly reference: string; readonly field: string }[]> {
  const found: { node: string; reference: string; field: string }[] = [];
  const isDue = createPace(stretch);
  for (const [node, entry] of Object.entries(graph.nodes)) {
    if (isDue(workOfNode(entry))) yield;
    const definition = catalog.get(entry.type);
    if (definition?.references === undefined) continue;
    const config = definition.config.safeParse(entry.config);
    const references = config.success ? definition.references(config.data) : [];
    for (const { kind, id, field } of references) if (kind === 'workflow') found.push({ node, reference: id, field });
  }
  return found;
}

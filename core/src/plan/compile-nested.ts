import type { InnerWorkflow, WorkflowDocument } from '../document/workflow-document.js';
import type { NodeCatalog } from '../node/catalog.js';
import { workOfNode } from '../document/work-of-node.js';
import { createPace, type Steps } from '../values/steps.js';
import type { CompileResult } from './compile-result.js';
import type { CompileFacts } from './facts.js';
import type { IssueList } from './issue-list.js';
import type { Plan } from './plan.js';

/** The deepest nesting of workflows. */
const deepest = 16;

/** Work between two pauses: the values in the nodes. */
const stretch = 1_000;

/** A graph and its document. The graph is the document itself or a workflow inside it. */
export interface GraphOf {
  readonly document: WorkflowDocument;
  readonly graph: InnerWorkflow | WorkflowDocument;
}

interface Nested {
  readonly result: CompileResult;
  /** Levels of workflows, including this one. */
  readonly height: number;
}

/** What all graphs of one compilation share. */
export interface Compilation {
  readonly catalog: NodeCatalog;
  readonly facts: CompileFacts;
  /** Compiled graphs. Each graph is compiled once; otherwise graphs that share references would double the work at every level. */
  readonly done: Map<GraphOf['graph'], Nested>;
  compile(of: GraphOf, compilation: Compilation, trail: readonly string[]): Steps<Nested>;
}

/** The compiled workflows that a graph refers to. */
interface NestedPlans {
  readonly plans: ReadonlyMap<string, Plan>;
  /** Number of levels below the graph. */
  readonly height: number;
  get(reference: string): Pick<CompileResult, 'interface' | 'dataMap'> | undefined;
}

/**
 * Compiles every workflow that the nodes of a graph refer to: `#name` inside the document, otherwise a slug. Reports the workflows that
 * cannot be used. `trail` names the enclosing workflows.
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
    const location = { node, field };
    // The same `#name` in two documents means two workflows, so the trail includes the name of the document.
    const step = reference.startsWith('#') ? `${document.name}${reference}` : reference;
    const of = find(document, reference, compilation.facts);
    if (of === undefined) {
      issues.error({
        code: 'workflow-missing',
        ...location,
        message: `Workflow '${reference}' does not exist.`,
        fix: reference.startsWith('#')
          ? 'Add it to "workflows" in this document.'
          : 'Create or import it, or choose another workflow.',
      });
      continue;
    }
    const known = compilation.done.get(of.graph);
    const isCircle = trail.includes(step);
    if (isCircle || trail.length + (known?.height ?? 1) > deepest) {
      const way = [...trail, step].join(' → ');
      issues.error({
        code: 'workflow-recursive',
        ...location,
        message: isCircle
          ? `The workflow '${reference}' runs itself: ${way}.`
          : `The workflow '${reference}' is nested more than ${deepest} levels deep: ${way}.`,
        fix: isCircle ? 'Use a loop edge inside one workflow instead.' : 'Move parts of it to a higher level.',
      });
      continue;
    }
    const found = known ?? (yield* compilation.compile(of, compilation, [...trail, step]));
    compilation.done.set(of.graph, found);
    // There may be many small workflows.
    if (known === undefined) yield;
    height = Math.max(height, found.height);
    const { result } = found;
    results.set(reference, result);
    if (result.plan !== undefined) plans.set(reference, result.plan);
    const first = result.issues.find((issue) => issue.severity === 'error');
    if (first !== undefined) {
      issues.error({
        code: 'workflow-invalid',
        ...location,
        message: `The workflow '${reference}' has issues: ${first.message}`,
        fix: 'Open it and solve its issues.',
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

import {
  canonicalJson,
  type InnerWorkflow,
  type Plan,
  type PlanBundle,
  type PlanNode,
  type WorkflowDocument,
} from '@heddle/core';

type Graph = Pick<InnerWorkflow, 'nodes' | 'edges'>;

/** A graph, the document that contains it, the bundle of workflows that it can refer to, and its present plan. */
interface GraphScope {
  readonly graph: Graph | undefined;
  readonly document: WorkflowDocument | undefined;
  readonly bundle: PlanBundle;
  readonly plan: Plan | undefined;
}

/**
 * Whether a node means the same as in an earlier bundle, so that its result can be reused. Its type, settings and inputs must be the same,
 * and so must every node of the workflows that it runs. Titles, positions, retries and deadlines do not matter.
 */
export function meansTheSame(id: string, plan: Plan, now: PlanBundle, before: PlanBundle): boolean {
  const at = (bundle: PlanBundle): GraphScope => ({ graph: bundle.document, document: bundle.document, bundle, plan });
  return canonicalJson(meaningOf(id, at(now))) === canonicalJson(meaningOf(id, at(before)));
}

/** References come from the present plan for both bundles. That suffices: if the settings differ, so does the meaning. */
function meaningOf(id: string, scope: GraphScope): unknown {
  const { graph, plan } = scope;
  const node = graph?.nodes[id];
  if (graph === undefined || node === undefined) return null;
  const { type, version, config, label = null, run } = node;
  const into = graph.edges
    .filter(({ to }) => to.slice(0, to.indexOf('.')) === id)
    .map(({ from, to, loop }) => [from, to, loop ?? null]);
  const planned: PlanNode | undefined = plan?.nodes[plan.indexOf.get(id) ?? -1];
  const inside = (planned?.references ?? [])
    .filter(({ kind }) => kind === 'workflow')
    .map((reference) => insideOf(reference.id, scope));
  return [type, version, config, label, run?.join ?? 'all', run?.disabled ?? false, into, inside];
}

function insideOf(reference: string, { document, bundle, plan }: GraphScope): unknown {
  const isInner = reference.startsWith('#');
  const around = isInner ? document : bundle.workflows[reference];
  const graph = isInner ? document?.workflows?.[reference.slice(1)] : around;
  const scope = { graph, document: around, bundle, plan: plan?.workflows.get(reference) };
  return Object.fromEntries(Object.keys(graph?.nodes ?? {}).map((id) => [id, meaningOf(id, scope)]));
}

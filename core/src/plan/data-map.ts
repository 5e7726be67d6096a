import { isAtMost, joinLabels, publicLabel, type Label } from '../labels/label.js';
import type { NodeReference } from '../node/node-definition.js';
import type { Destination } from '../ports/destination.js';
import { isToolName } from '../ports/tool-servers.js';
import type { DataFlow } from '../ports/versions.js';
import type { Steps } from '../values/steps.js';
import type { CompileFacts } from './facts.js';
import type { IssueList } from './issue-list.js';
import type { ResolvedEdge } from './resolve-edges.js';
import { isLowered, portLabel } from './resolve-labels.js';
import type { ResolvedNode } from './resolve-nodes.js';

/** What can reach a node, as far as it is known before a run. */
export interface Incoming {
  readonly label: Label;
  /** Nodes on the way that lower an output. */
  readonly loweredBy: ReadonlySet<string>;
}

/** Joins what every edge brings to each node, and the declassifications behind it; in steps until nothing changes, loops included. */
export function* incomingOf(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  order: readonly number[],
  labels: readonly Label[],
): Steps<readonly Incoming[]> {
  const brought = nodes.map(() => publicLabel);
  const loweredBy = nodes.map(() => new Set<string>());
  for (const [place, edge] of edges.entries()) {
    if (place % stretch === stretch - 1) yield;
    brought[edge.to] = joinLabels(brought[edge.to] ?? publicLabel, portLabel(nodes, labels, edge));
  }
  if (nodes.some(({ definition }) => definition.lowersTo !== undefined)) yield* spread(nodes, edges, order, loweredBy);
  return nodes.map((_node, index) => ({
    label: brought[index] ?? publicLabel,
    loweredBy: loweredBy[index] ?? new Set(),
  }));
}

/** Nodes that are looked at without a pause. */
const stretch = 500;
/** Nodes that lower an output, as far as they are named behind each other. */
const mostLowering = 20;

function* spread(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  order: readonly number[],
  loweredBy: readonly Set<string>[],
): Steps<void> {
  const entering: ResolvedEdge[][] = nodes.map(() => []);
  for (const edge of edges) entering[edge.to]?.push(edge);
  // Without loops one pass in the order of the graph does it, and a second one sees that nothing changes.
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const [place, node] of order.entries()) {
      if (place % stretch === stretch - 1) yield;
      const target = loweredBy[node] ?? new Set<string>();
      const before = target.size;
      for (const edge of entering[node] ?? []) {
        addTo(target, loweredBy[edge.from] ?? []);
        if (isLowered(nodes, edge)) addTo(target, [nodes[edge.from]?.id ?? '']);
      }
      if (target.size > before) isChanged = true;
    }
  }
}

function addTo(target: Set<string>, ids: Iterable<string>): void {
  for (const id of ids) {
    if (target.size === mostLowering) return;
    target.add(id);
  }
}

/** Ways out that a workflow may have: a workflow that is used in many places brings all of its own to each. */
const mostFlows = 2_000;

/** The data map of a workflow: every place outside it that data can reach, and what can reach it at most (design §5). */
export function* dataMapOf(
  nodes: readonly ResolvedNode[],
  incoming: readonly Incoming[],
  facts: CompileFacts,
  nestedFlows: (reference: string) => readonly DataFlow[],
  issues: IssueList,
): Steps<readonly DataFlow[]> {
  const flowsOf = (node: ResolvedNode, index: number): readonly DataFlow[] => {
    const brought = incoming[index] ?? { label: publicLabel, loweredBy: new Set<string>() };
    if (node.definition.role === 'sink')
      return [
        flowOf(node.id, 'reply', { destination: undefined, name: 'reply' }, brought),
        ...told(node, facts, brought),
      ];
    if (!node.isConfigValid) return [];
    return (node.definition.references?.(node.config) ?? []).flatMap((reference): DataFlow[] => {
      if (reference.kind === 'workflow')
        return nestedFlows(reference.id).flatMap((flow) => inside(node.id, flow, brought));
      const kind = kindOf(reference, node);
      const destination = facts.destination?.(reference);
      return kind === undefined ? [] : [flowOf(node.id, kind, { destination, name: reference.id }, brought)];
    });
  };
  const flows: DataFlow[] = [];
  for (const [index, node] of nodes.entries()) {
    if (index % stretch === stretch - 1) yield;
    for (const flow of flowsOf(node, index)) flows.push(flow);
    if (flows.length <= mostFlows) continue;
    issues.error({
      code: 'data-map-too-large',
      node: node.id,
      message: `Data can leave the workflow in more than ${mostFlows.toLocaleString('en')} ways, those of the workflows inside counted at each place.`,
      fix: 'Use a workflow inside at fewer places, or give it fewer nodes that reach out.',
    });
    break;
  }
  return flows;
}

/** What leaves by an output goes to the receivers of its workflow, too. */
function told({ id }: ResolvedNode, { receivers = [] }: CompileFacts, brought: Incoming): readonly DataFlow[] {
  return receivers.map(({ kind, name, ceiling }) =>
    flowOf(id, kind, { destination: { name, ceiling, isLocal: false }, name }, brought),
  );
}

/** Which way out a reference is; undefined for what is only read or only named. */
function kindOf({ kind, id }: NodeReference, { definition }: ResolvedNode): DataFlow['kind'] | undefined {
  switch (kind) {
    case 'model':
    case 'embedder':
    case 'reranker':
    case 'classifier':
    case 'connection':
      return 'model';
    case 'network':
      return 'network';
    case 'tool':
      // A tool that is named leads where its server does, which is named beside it.
      return isToolName(id) ? undefined : 'tool';
    case 'collection':
      // What is searched for stays here; what is stored is there for everybody who may read the collection.
      return definition.stores === true ? 'collection' : undefined;
    case 'workflow':
    case 'secret':
    case 'policy':
    case 'person':
      return undefined;
  }
}

function flowOf(
  node: string,
  kind: DataFlow['kind'],
  { destination, name }: { readonly destination: Destination | undefined; readonly name: string },
  { label, loweredBy }: Incoming,
): DataFlow {
  return {
    node,
    destination: destination?.name ?? name,
    kind,
    isLocal: destination?.isLocal ?? (kind === 'model' ? !name.includes('/') : kind === 'collection'),
    level: label.level,
    marks: [...label.marks],
    ...(destination === undefined ? {} : { ceiling: destination.ceiling }),
    loweredBy: [...loweredBy],
  };
}

/** Ways that what an output has takes: of a nested run it goes to the node that asked for it. */
const ofOutputs: ReadonlySet<DataFlow['kind']> = new Set(['reply', 'webhook', 'share', 'download']);

/** A flow of a nested run, seen from outside: what is brought in may reach it too, unless it is lowered on the way inside. */
function inside(node: string, flow: DataFlow, brought: Incoming): readonly DataFlow[] {
  if (ofOutputs.has(flow.kind)) return [];
  const isLoweredInside = flow.loweredBy.length > 0;
  const label = isLoweredInside
    ? { level: flow.level, marks: flow.marks }
    : joinLabels(brought.label, { level: flow.level, marks: flow.marks });
  return [
    {
      ...flow,
      node: `${node}/${flow.node}`,
      level: label.level,
      marks: [...label.marks],
      loweredBy: [...brought.loweredBy, ...flow.loweredBy.map((id) => `${node}/${id}`)],
    },
  ];
}

/** Warns of flows inside nested workflows that can carry more than their destination may have; flows of the graph itself are marked at their edges. */
export function checkNestedFlows(flows: readonly DataFlow[], issues: IssueList): void {
  for (const { node, destination, level, ceiling } of flows) {
    if (!node.includes('/') || ceiling === undefined || isAtMost(level, ceiling)) continue;
    issues.warning({
      code: 'label-exceeds',
      node: node.split('/')[0] ?? node,
      message: `'${node}' can hand ${level} data to '${destination}', which may have ${ceiling} at most: a run that brings it there is refused.`,
      fix: 'Choose a model that runs on this machine there, or redact the data first.',
    });
  }
}

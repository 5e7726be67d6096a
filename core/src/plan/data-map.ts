import { isAtMost, joinLabels, publicLabel, type Label } from '../labels/label.js';
import type { NodeReference } from '../node/node-definition.js';
import type { Destination } from '../ports/destination.js';
import { isToolName } from '../ports/tool-servers.js';
import type { DataFlow } from '../ports/stores/versions.js';
import type { Steps } from '../values/steps.js';
import type { CompileFacts } from './facts.js';
import type { IssueList } from './issue-list.js';
import type { ResolvedEdge } from './resolve-edges.js';
import { isDeclassified, portLabel } from './resolve-labels.js';
import type { ResolvedNode } from './resolve-nodes.js';

/** What data can reach a node, as far as it is known before a run. */
interface Incoming {
  readonly label: Label;
  /** Nodes on the path that declassify an output. */
  readonly declassifiedBy: ReadonlySet<string>;
}

/** Joins the labels of all edges into each node, and collects the declassifications before it. Repeats until nothing changes, because of loops. */
export function* incomingOf(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  order: readonly number[],
  labels: readonly Label[],
): Steps<readonly Incoming[]> {
  const brought = nodes.map(() => publicLabel);
  const declassifiedBy = nodes.map(() => new Set<string>());
  for (const [position, edge] of edges.entries()) {
    if (position % stretch === stretch - 1) yield;
    brought[edge.to] = joinLabels(brought[edge.to] ?? publicLabel, portLabel(nodes, labels, edge));
  }
  if (nodes.some(({ definition }) => definition.declassifiesTo !== undefined))
    yield* spread(nodes, edges, order, declassifiedBy);
  return nodes.map((_node, index) => ({
    label: brought[index] ?? publicLabel,
    declassifiedBy: declassifiedBy[index] ?? new Set(),
  }));
}

/** Nodes to process between two pauses. */
const stretch = 500;
/** The most declassifying nodes that a flow names. */
const mostDeclassifying = 20;

function* spread(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  order: readonly number[],
  declassifiedBy: readonly Set<string>[],
): Steps<void> {
  const entering: ResolvedEdge[][] = nodes.map(() => []);
  for (const edge of edges) entering[edge.to]?.push(edge);
  // Without loops, the first pass in graph order finds everything and the second pass changes nothing.
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const [position, node] of order.entries()) {
      if (position % stretch === stretch - 1) yield;
      const target = declassifiedBy[node] ?? new Set<string>();
      const before = target.size;
      for (const edge of entering[node] ?? []) {
        addTo(target, declassifiedBy[edge.from] ?? []);
        if (isDeclassified(nodes, edge)) addTo(target, [nodes[edge.from]?.id ?? '']);
      }
      if (target.size > before) isChanged = true;
    }
  }
}

function addTo(target: Set<string>, ids: Iterable<string>): void {
  for (const id of ids) {
    if (target.size === mostDeclassifying) return;
    target.add(id);
  }
}

/** The most flows of a workflow. Each use of a nested workflow adds all flows of that workflow. */
const mostFlows = 2_000;

/** The data map of a workflow: every destination outside it that data can reach, and the highest label that can reach it. */
export function* dataMapOf(
  nodes: readonly ResolvedNode[],
  incoming: readonly Incoming[],
  facts: CompileFacts,
  nestedFlows: (reference: string) => readonly DataFlow[],
  issues: IssueList,
): Steps<readonly DataFlow[]> {
  const flowsOf = (node: ResolvedNode, index: number): readonly DataFlow[] => {
    const brought = incoming[index] ?? { label: publicLabel, declassifiedBy: new Set<string>() };
    if (node.definition.role === 'sink')
      return [
        flowOf(node.id, 'reply', { destination: undefined, name: 'reply' }, brought),
        ...flowsToReceivers(node, facts, brought),
      ];
    if (!node.isConfigValid) return [];
    // What the node stores is kept for later runs of the subject, and shown to them.
    const kept = [
      ...(node.definition.usesThread === true ? [flowOf(node.id, 'thread', threadStore, brought)] : []),
      ...(node.definition.keepsFacts?.(node.config) === true ? [flowOf(node.id, 'facts', factStore, brought)] : []),
    ];
    const sent = (node.definition.references?.(node.config) ?? []).flatMap((reference): DataFlow[] => {
      if (reference.kind === 'workflow')
        return nestedFlows(reference.id).flatMap((flow) => inside(node.id, flow, brought));
      const kind = kindOf(reference, node);
      const destination = facts.destination?.(reference);
      const models = reference.kind === 'collection' ? (facts.searchModels?.(reference.id) ?? []) : [];
      return [
        ...(kind === undefined ? [] : [flowOf(node.id, kind, { destination, name: reference.id }, brought)]),
        ...flowToSamplingModel(node.id, reference, facts, brought),
        ...models.map((model) => flowOf(node.id, 'model', { destination: model, name: model.name }, brought)),
      ];
    });
    return [...sent, ...kept];
  };
  const flows: DataFlow[] = [];
  for (const [index, node] of nodes.entries()) {
    if (index % stretch === stretch - 1) yield;
    for (const flow of flowsOf(node, index)) flows.push(flow);
    if (flows.length <= mostFlows) continue;
    issues.error({
      code: 'data-map-too-large',
      node: node.id,
      message: `The data map has more than ${mostFlows.toLocaleString('en')} flows; each use of a nested workflow counts all of its flows.`,
      fix: 'Use nested workflows less often, or give them fewer nodes that send data outside.',
    });
    break;
  }
  return flows;
}

/** A store on this machine. */
const storeOf = (name: string) => ({ destination: { name, clearance: 'restricted', isLocal: true } as const, name });
const threadStore = storeOf('thread');
const factStore = storeOf('facts');

/** The flows from an output to the receivers of the workflow. */
function flowsToReceivers(
  { id }: ResolvedNode,
  { receivers = [] }: CompileFacts,
  brought: Incoming,
): readonly DataFlow[] {
  return receivers.map(({ kind, name, clearance }) =>
    flowOf(id, kind, { destination: { name, clearance, isLocal: false }, name }, brought),
  );
}

/** The flow to the model that a tool server may ask: what the node sent to the server, and the server's own data, can reach it. */
function flowToSamplingModel(
  node: string,
  reference: NodeReference,
  facts: CompileFacts,
  { label, declassifiedBy }: Incoming,
): readonly DataFlow[] {
  const { kind, id } = reference;
  const model = kind === 'tool' && !isToolName(id) ? facts.samplingModel?.(id) : undefined;
  if (model === undefined) return [];
  const destination = facts.destination?.({ ...reference, kind: 'model', id: model });
  const brought = { label: joinLabels(label, facts.toolLabels?.get(id) ?? publicLabel), declassifiedBy };
  return [flowOf(node, 'model', { destination, name: model }, brought)];
}

/** The kind of flow that a reference causes; undefined for a reference that sends no data. */
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
      // Data for a named tool goes to its server, which has a flow of its own.
      return isToolName(id) ? undefined : 'tool';
    case 'collection':
      // A search sends nothing to the collection; stored data can be read by everyone who can read the collection.
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
  { label, declassifiedBy }: Incoming,
): DataFlow {
  return {
    node,
    destination: destination?.name ?? name,
    kind,
    isLocal: destination?.isLocal ?? (kind === 'model' ? !name.includes('/') : kind === 'collection'),
    level: label.level,
    marks: [...label.marks],
    clearance: destination?.clearance,
    declassifiedBy: [...declassifiedBy],
  };
}

/** Flows that carry the outputs of a run. The outputs of a nested run go to the node that started it instead. */
const ofOutputs: ReadonlySet<DataFlow['kind']> = new Set(['reply', 'webhook', 'share', 'download']);

/** A flow of a nested run, seen from outside: the data that enters the nested run can reach it too, unless it is declassified inside. */
function inside(node: string, flow: DataFlow, brought: Incoming): readonly DataFlow[] {
  if (ofOutputs.has(flow.kind)) return [];
  const isDeclassifiedInside = flow.declassifiedBy.length > 0;
  const label = isDeclassifiedInside
    ? { level: flow.level, marks: flow.marks }
    : joinLabels(brought.label, { level: flow.level, marks: flow.marks });
  return [
    {
      ...flow,
      node: `${node}/${flow.node}`,
      level: label.level,
      marks: [...label.marks],
      declassifiedBy: [...brought.declassifiedBy, ...flow.declassifiedBy.map((id) => `${node}/${id}`)],
    },
  ];
}

/** Warns of flows inside nested workflows that can exceed the clearance of their destination. Flows of the graph itself have warnings at their edges. */
export function checkNestedFlows(flows: readonly DataFlow[], issues: IssueList): void {
  for (const { node, destination, level, clearance } of flows) {
    if (!node.includes('/') || clearance === undefined || isAtMost(level, clearance)) continue;
    issues.warning({
      code: 'label-exceeds',
      node: node.split('/')[0] ?? node,
      message: `'${node}' can send ${level} data to '${destination}', whose clearance is ${clearance}: a run that does so is refused.`,
      fix: 'Choose a local model there, or redact the data first.',
    });
  }
}

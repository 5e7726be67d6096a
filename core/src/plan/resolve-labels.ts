import {
  defaultLabel,
  isAtMost,
  joinLabels,
  labelOf,
  declassifyLabel,
  publicLabel,
  type Label,
} from '../labels/label.js';
import type { NodeReference } from '../node/node-definition.js';
import type { Steps } from '../values/steps.js';
import type { CompileFacts, Receiver } from './facts.js';
import type { IssueList } from './issue-list.js';
import type { ResolvedEdge } from './resolve-edges.js';
import type { ResolvedNode } from './resolve-nodes.js';

/**
 * Finds the lowest label of each node's outputs that is known before a run (rule "Plan facts"): the labels of sources and collections,
 * joined along every edge, including loop edges. Labels that detectors raise during a run are not included.
 */
export function* resolveLabels(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  order: readonly number[],
  facts: CompileFacts,
): Steps<readonly Label[]> {
  const labels = nodes.map((node) => ownLabel(node, facts));
  const incoming: ResolvedEdge[][] = nodes.map(() => []);
  for (const edge of edges) incoming[edge.to]?.push(edge);
  // Labels only rise and there are few of them, so this ends. Without loops, the second pass changes nothing.
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    if (order.length > stretch) yield;
    for (const node of order) {
      const before = labels[node] ?? publicLabel;
      const after = (incoming[node] ?? []).reduce(
        (label, edge) => joinLabels(label, portLabel(nodes, labels, edge)),
        before,
      );
      if (after === before) continue;
      labels[node] = after;
      isChanged = true;
    }
  }
  return labels;
}

/** The lowest label of an edge: the label of its node, or the declassified label of that output (rule "Output labels"). */
export function portLabel(nodes: readonly ResolvedNode[], labels: readonly Label[], edge: ResolvedEdge): Label {
  const label = labels[edge.from] ?? publicLabel;
  const declassification = declassificationOf(nodes, edge);
  return declassification === undefined ? label : declassifyLabel(label, declassification);
}

/** Whether the node declassifies the output that the edge leaves. */
export function isDeclassified(nodes: readonly ResolvedNode[], edge: ResolvedEdge): boolean {
  return declassificationOf(nodes, edge) !== undefined;
}

type Declassifications = Readonly<Record<string, Parameters<typeof declassifyLabel>[1]>>;

/** Cached by node, because every edge that leaves a node needs it. */
const known = new WeakMap<ResolvedNode, Declassifications>();

function declassificationOf(
  nodes: readonly ResolvedNode[],
  edge: ResolvedEdge,
): Parameters<typeof declassifyLabel>[1] | undefined {
  const node = nodes[edge.from];
  if (node?.isConfigValid !== true || node.definition.declassifiesTo === undefined) return undefined;
  const declassifications = known.get(node) ?? node.definition.declassifiesTo(node.config);
  known.set(node, declassifications);
  return Object.hasOwn(declassifications, edge.fromPort) ? declassifications[edge.fromPort] : undefined;
}

function ownLabel(node: ResolvedNode, facts: CompileFacts): Label {
  let label = node.definition.role === 'source' ? defaultLabel : publicLabel;
  if (node.isConfigValid) {
    const level = node.definition.labelOf?.(node.config);
    if (level !== undefined) label = labelOf(level);
    for (const { kind, id } of node.definition.references?.(node.config) ?? []) {
      const found =
        kind === 'collection' ? facts.collections?.get(id) : kind === 'tool' ? facts.toolLabels?.get(id) : undefined;
      if (found !== undefined) label = joinLabels(label, found);
    }
  }
  return node.document.label === undefined ? label : joinLabels(label, labelOf(node.document.label));
}

function withheld({ kind, name, clearance }: Receiver): string {
  switch (kind) {
    case 'webhook':
      return `the clearance of the webhook '${name}' is ${clearance}: it is notified that the run ended, without the outputs.`;
    case 'share':
      return `the clearance of the share page '${name}' is ${clearance}: it does not show outputs with a higher label.`;
    case 'download':
      return `the clearance of batch downloads is ${clearance}: the file does not contain outputs with a higher label.`;
  }
}

const receiverWayOut: Readonly<Record<Receiver['kind'], string>> = {
  webhook: 'Redact the data first, or raise the clearance of the webhook.',
  share: 'Redact the data first, or raise the clearance of the share page.',
  download: 'Redact the data first, or start batches with a higher clearance.',
};

/** Edges to process between two pauses. */
const stretch = 1_000;

/** Warns of every edge whose label can exceed the clearance of its destination. The engine refuses such data during a run (rule "Clearance of deltas"). */
export function* checkClearances(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  labels: readonly Label[],
  facts: CompileFacts,
  issues: IssueList,
): Steps<void> {
  const { receivers = [] } = facts;
  if (facts.clearances === undefined && facts.destination === undefined && receivers.length === 0) return;
  for (const [index, edge] of edges.entries()) {
    if (index % stretch === stretch - 1) yield;
    const node = nodes[edge.to];
    const label = portLabel(nodes, labels, edge);
    if (node === undefined || !node.isConfigValid) continue;
    const exceeded =
      node.definition.role === 'sink' ? receivers.filter(({ clearance }) => !isAtMost(label.level, clearance)) : [];
    for (const receiver of exceeded)
      issues.warning({
        code: 'label-exceeds',
        node: node.id,
        edge: edge.id,
        message: `'${edge.document.from}' can carry ${label.level} data, and ${withheld(receiver)}`,
        fix: receiverWayOut[receiver.kind],
      });
    for (const reference of node.definition.references?.(node.config) ?? []) {
      if (reference.isChoice === true || !handsOver(reference.kind, node)) continue;
      const clearance = facts.destination?.(reference)?.clearance ?? facts.clearances?.get(reference.id);
      if (clearance === undefined || isAtMost(label.level, clearance)) continue;
      issues.warning({
        code: 'label-exceeds',
        node: node.id,
        edge: edge.id,
        field: reference.field,
        message: `'${edge.document.from}' can carry ${label.level} data, and the clearance of '${reference.id}' is ${clearance}: a run that sends such data there is refused.`,
        fix: wayOut[reference.kind] ?? 'Redact the data first, or choose another destination.',
      });
    }
  }
}

const wayOut: Partial<Record<NodeReference['kind'], string>> = {
  model: 'Choose a local model, or redact the data first.',
  tool: 'Choose a server with a higher clearance, raise the clearance of this one, or redact the data first.',
  collection: 'Store it in a collection with a stricter label, or redact the data first.',
};

/** Whether the node sends data to the reference. A search sends nothing to its collection. */
const handsOver = (kind: NodeReference['kind'], { definition }: ResolvedNode): boolean =>
  kind !== 'collection' || definition.stores === true;

import { defaultLabel, isAtMost, joinLabels, labelOf, lowerLabel, publicLabel, type Label } from '../labels/label.js';
import type { NodeReference } from '../node/node-definition.js';
import type { Steps } from '../values/steps.js';
import type { CompileFacts, Receiver } from './facts.js';
import type { IssueList } from './issue-list.js';
import type { ResolvedEdge } from './resolve-edges.js';
import type { ResolvedNode } from './resolve-nodes.js';

/**
 * What the outputs of each node carry at least, as far as it is known before a run (B4): what sources and collections say, joined
 * along every edge, loop edges included. What detectors raise while it runs is not in it.
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
  // Labels only rise and there are few of them, so this ends: without loops after one pass that changes nothing.
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

/** What an edge carries at least: the label of the node it leaves, or what that node lowers this output to (B2). */
export function portLabel(nodes: readonly ResolvedNode[], labels: readonly Label[], edge: ResolvedEdge): Label {
  const label = labels[edge.from] ?? publicLabel;
  const lowering = loweringOf(nodes, edge);
  return lowering === undefined ? label : lowerLabel(label, lowering);
}

/** Whether the output that an edge leaves is lowered by its node. */
export function isLowered(nodes: readonly ResolvedNode[], edge: ResolvedEdge): boolean {
  return loweringOf(nodes, edge) !== undefined;
}

type Lowerings = Readonly<Record<string, Parameters<typeof lowerLabel>[1]>>;

/** Every edge that leaves a node asks. */
const known = new WeakMap<ResolvedNode, Lowerings>();

function loweringOf(nodes: readonly ResolvedNode[], edge: ResolvedEdge): Parameters<typeof lowerLabel>[1] | undefined {
  const node = nodes[edge.from];
  if (node?.isConfigValid !== true || node.definition.lowersTo === undefined) return undefined;
  const lowerings = known.get(node) ?? node.definition.lowersTo(node.config);
  known.set(node, lowerings);
  return Object.hasOwn(lowerings, edge.fromPort) ? lowerings[edge.fromPort] : undefined;
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

function withheld({ kind, name, ceiling }: Receiver): string {
  switch (kind) {
    case 'webhook':
      return `the webhook '${name}' may have ${ceiling} at most: it is told that the run ended, and no outputs.`;
    case 'share':
      return `the share page '${name}' may have ${ceiling} at most: it does not show what is above.`;
    case 'download':
      return `downloads of batches may have ${ceiling} at most: what is above is not in the file.`;
  }
}

const receiverWayOut: Readonly<Record<Receiver['kind'], string>> = {
  webhook: 'Redact the data first, or raise the ceiling of the webhook.',
  share: 'Redact the data first, or raise the ceiling of the link.',
  download: 'Redact the data first, or begin batches with a higher ceiling.',
};

/** Edges that are looked at without a pause. */
const stretch = 1_000;

/** Warns of every edge that can carry more than the destination behind it may have; the engine refuses it when it does (B3). */
export function* checkCeilings(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  labels: readonly Label[],
  facts: CompileFacts,
  issues: IssueList,
): Steps<void> {
  const { receivers = [] } = facts;
  if (facts.ceilings === undefined && facts.destination === undefined && receivers.length === 0) return;
  for (const [index, edge] of edges.entries()) {
    if (index % stretch === stretch - 1) yield;
    const node = nodes[edge.to];
    const label = portLabel(nodes, labels, edge);
    if (node === undefined || !node.isConfigValid) continue;
    const exceeded =
      node.definition.role === 'sink' ? receivers.filter(({ ceiling }) => !isAtMost(label.level, ceiling)) : [];
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
      const ceiling = facts.destination?.(reference)?.ceiling ?? facts.ceilings?.get(reference.id);
      if (ceiling === undefined || isAtMost(label.level, ceiling)) continue;
      issues.warning({
        code: 'label-exceeds',
        node: node.id,
        edge: edge.id,
        field: reference.field,
        message: `'${edge.document.from}' can carry ${label.level} data, and '${reference.id}' may have ${ceiling} at most: a run that brings it there is refused.`,
        fix: wayOut[reference.kind] ?? 'Redact the data first, or choose another destination.',
      });
    }
  }
}

const wayOut: Partial<Record<NodeReference['kind'], string>> = {
  model: 'Choose a model that runs on this machine, or redact the data first.',
  tool: 'Choose a server that may have it, raise its ceiling, or redact the data first.',
  collection: 'Store it in a collection with a stricter label, or redact the data first.',
};

/** A collection that is only searched is given nothing to keep. */
const handsOver = (kind: NodeReference['kind'], { definition }: ResolvedNode): boolean =>
  kind !== 'collection' || definition.stores === true;

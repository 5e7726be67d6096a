import { edgeId, splitEnd, type DocumentEdge } from '../document/workflow-document.js';
import { Json, type Port, type Ports } from '../types/port.js';
import type { Steps } from '../values/steps.js';
import type { IssueList } from './issue-list.js';
import type { ResolvedNode } from './resolve-nodes.js';

/** The output that every step has. It carries the ErrorValue of a failure if an edge leaves it (rule "Failure"). */
const errorPort: Port = Json.with({ title: 'Error' });
/** Name of the error output of a step. */
export const errorPortName = 'error';

/** An edge whose ends exist. `from` and `to` are indexes into the resolved nodes. */
export interface ResolvedEdge {
  readonly id: string;
  readonly document: DocumentEdge;
  readonly from: number;
  readonly fromPort: string;
  readonly to: number;
  readonly toPort: string;
}

/** The outputs of a node, including `error` if the node has one. */
export function outputsOf(node: ResolvedNode): Ports {
  if (node.definition.role !== 'step' || Object.hasOwn(node.outputs, errorPortName)) return node.outputs;
  return { ...node.outputs, [errorPortName]: errorPort };
}

/** Edges to process between two pauses. */
const stretch = 2_000;

/** Finds both ends of every edge. An edge with a missing end is reported and left out. Types are checked later. */
export function* resolveEdges(
  edges: readonly DocumentEdge[],
  nodes: readonly ResolvedNode[],
  allIds: ReadonlySet<string>,
  issues: IssueList,
): Steps<ResolvedEdge[]> {
  const indexOf = new Map(nodes.map((node, index) => [node.id, index]));
  const seen = new Set<string>();
  const resolved: ResolvedEdge[] = [];
  for (const [index, edge] of edges.entries()) {
    if (index % stretch === stretch - 1) yield;
    const id = edgeId(edge);
    const from = splitEnd(edge.from);
    const to = splitEnd(edge.to);
    if (from === undefined || to === undefined) {
      issues.error({
        code: 'edge-malformed',
        edge: id,
        message: `The edge '${id}' must go from "node.port" to "node.port".`,
        fix: 'Delete the edge and draw it again.',
      });
      continue;
    }
    if (seen.has(id)) {
      issues.error({
        code: 'edge-doubled',
        edge: id,
        message: `The edge '${id}' exists twice.`,
        fix: 'Delete one of them.',
      });
      continue;
    }
    seen.add(id);
    const fromIndex = indexOf.get(from.node);
    const toIndex = indexOf.get(to.node);
    if (fromIndex === undefined || toIndex === undefined) {
      for (const end of [from, to]) {
        if (!allIds.has(end.node))
          issues.error({
            code: 'edge-dangling',
            edge: id,
            message: `The edge '${id}' names the node '${end.node}', which does not exist.`,
            fix: 'Delete the edge, or connect it to another node.',
          });
      }
      continue;
    }
    const ends = { id, document: edge, from: fromIndex, fromPort: from.port, to: toIndex, toPort: to.port };
    if (isFormer(ends, nodes, issues)) continue;
    if (arePortsKnown(ends, nodes, issues)) resolved.push(ends);
  }
  return resolved;
}

/** Whether an edge of an older document leads to an input that the node no longer has. */
function isFormer({ id, to, toPort }: ResolvedEdge, nodes: readonly ResolvedNode[], issues: IssueList): boolean {
  const consumer = nodes[to];
  if (consumer === undefined || Object.hasOwn(consumer.inputs, toPort)) return false;
  const { formerInputs = {}, version } = consumer.definition;
  const note = Object.hasOwn(formerInputs, toPort) ? formerInputs[toPort] : undefined;
  if (note === undefined || consumer.document.version >= version) return false;
  issues.warning({
    code: 'input-former',
    edge: id,
    node: consumer.id,
    port: toPort,
    message: `'${consumer.id}' does not read '${toPort}' any more. ${note}`,
    fix: 'Delete the edge.',
  });
  return true;
}

function arePortsKnown(edge: ResolvedEdge, nodes: readonly ResolvedNode[], issues: IssueList): boolean {
  const producer = nodes[edge.from];
  const consumer = nodes[edge.to];
  if (producer === undefined || consumer === undefined) return false;
  const hasOutput = hasPort(producer, edge.fromPort);
  const hasInput = Object.hasOwn(consumer.inputs, edge.toPort);
  // A node with an invalid config may lack ports. Only the issue of the config is reported then.
  if (!hasOutput && producer.isConfigValid) {
    issues.error(() => ({
      code: 'port-unknown',
      edge: edge.id,
      node: producer.id,
      port: edge.fromPort,
      message: `'${producer.id}' has no output '${edge.fromPort}'. ${known(producer.outputs)}`,
      fix: 'Connect another output.',
    }));
  }
  if (!hasInput && consumer.isConfigValid) {
    issues.error(() => ({
      code: 'port-unknown',
      edge: edge.id,
      node: consumer.id,
      port: edge.toPort,
      message: `'${consumer.id}' has no input '${edge.toPort}'. ${known(consumer.inputs)}`,
      fix: 'Connect another input.',
    }));
  }
  return hasOutput && hasInput;
}

/** Whether a node has an output, including `error`. */
function hasPort(node: ResolvedNode, name: string): boolean {
  return Object.hasOwn(node.outputs, name) || (name === errorPortName && node.definition.role === 'step');
}

function known(ports: Ports): string {
  const names = Object.keys(ports);
  return names.length === 0 ? 'It has none.' : `It has ${names.slice(0, 20).join(', ')}.`;
}

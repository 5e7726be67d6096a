import {
  splitEnd,
  type DocumentEdge,
  type DocumentNode,
  type InnerWorkflow,
  type NodeDescription,
  type PortDescription,
  type WorkflowDocument,
} from '@heddle/core';
import { freeInnerName } from '../inner/new-inner.js';
import type { NodePorts } from '../read/ports-of.js';
import { layoutOf } from '../layout/layout-of.js';
import { freeNodeId, hasNode } from './node-ids.js';

/** What is known about nodes besides the document. */
export interface SubWorkflowFacts {
  readonly portsOf: (nodeId: string) => NodePorts | undefined;
  readonly roleOf: (type: string) => NodeDescription['role'] | undefined;
  readonly titleOf: (nodeId: string) => string;
}

type SubWorkflowResult =
  { readonly document: WorkflowDocument; readonly id: string; readonly name: string } | { readonly refusal: string };

interface Field {
  readonly name: string;
  /** The outer end for an input, the inner end for an output. */
  readonly end: string;
  readonly type: PortDescription['type'];
}

const longest = 10_000_000;

/**
 * Moves nodes into an inner workflow and replaces them with one node that runs it. Every edge that enters them becomes an input, and every
 * output that other nodes use becomes an output. Refuses with a reason if this would change the behaviour of the workflow.
 */
export function toSubWorkflow(
  document: WorkflowDocument,
  ids: readonly string[],
  title: string,
  facts: SubWorkflowFacts,
): SubWorkflowResult {
  const chosen = new Set(ids.filter((id) => hasNode(document, id)));
  const refusal = refusalOf(document, chosen, facts);
  if (refusal !== undefined) return { refusal };
  const isInside = (end: string): boolean => chosen.has(splitEnd(end)?.node ?? '');
  const entering = document.edges.filter((edge) => !isInside(edge.from) && isInside(edge.to));
  const leaving = document.edges.filter((edge) => isInside(edge.from) && !isInside(edge.to));
  const inputs = fieldsOf(
    entering.map(({ from, to }) => ({ end: from, named: to })),
    (end) => outputAt(facts, end),
  );
  const outputs = fieldsOf(
    leaving.map(({ from }) => ({ end: from, named: from })),
    (end) => outputAt(facts, end),
  );
  if (inputs === undefined || outputs === undefined)
    return {
      refusal:
        'The ports of some of these nodes are not known yet: wait for the check of the workflow, or fix its issues first.',
    };

  const name = freeInnerName(document);
  const id = freeNodeId('workflow', (candidate) => hasNode(document, candidate));
  const inner = innerOf(document, chosen, { inputs, outputs, entering, leaving }, title);
  const node: DocumentNode = { type: 'workflow', version: 1, title, config: { workflow: `#${name}` } };
  const nameOf = (fields: readonly Field[], end: string): string =>
    fields.find((field) => field.end === end)?.name ?? '';
  const given = new Set<string>();
  const edges = document.edges.flatMap((edge): DocumentEdge[] => {
    if (isInside(edge.from) && isInside(edge.to)) return [];
    if (isInside(edge.from)) return [{ ...edge, from: `${id}.${nameOf(outputs, edge.from)}` }];
    if (!isInside(edge.to)) return [edge];
    if (given.has(edge.from)) return [];
    given.add(edge.from);
    return [{ ...edge, to: `${id}.${nameOf(inputs, edge.from)}` }];
  });
  return { id, name, document: withInner(document, chosen, { id, node, edges, name, inner }) };
}

function refusalOf(
  document: WorkflowDocument,
  chosen: ReadonlySet<string>,
  { roleOf, titleOf }: SubWorkflowFacts,
): string | undefined {
  if (chosen.size === 0) return 'Select the nodes that should become a sub-workflow.';
  for (const id of chosen) {
    const role = roleOf(document.nodes[id]?.type ?? '');
    if (role === undefined) return `${titleOf(id)} has an unknown type: remove it from the selection.`;
    if (role !== 'step') return `${titleOf(id)} is an input or output of this workflow: remove it from the selection.`;
  }
  const crossing = document.edges.find(
    (edge) =>
      edge.loop !== undefined &&
      chosen.has(splitEnd(edge.from)?.node ?? '') !== chosen.has(splitEnd(edge.to)?.node ?? ''),
  );
  if (crossing !== undefined)
    return `The loop from ${crossing.from} to ${crossing.to} is only partly selected: select all of it, or nothing of it.`;
  const between = nodeBetween(document, chosen);
  return between === undefined
    ? undefined
    : `A path leaves the selection and comes back through ${titleOf(between)}: select it too.`;
}

/** The id of an outside node on a path between two inside nodes; undefined if there is none. */
function nodeBetween(document: WorkflowDocument, chosen: ReadonlySet<string>): string | undefined {
  const reach = (from: 'from' | 'to', to: 'from' | 'to'): Set<string> => {
    const seen = new Set<string>();
    const open = [...chosen];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const edge of document.edges) {
        if (edge.loop !== undefined || splitEnd(edge[from])?.node !== at) continue;
        const next = splitEnd(edge[to])?.node ?? '';
        if (chosen.has(next) || seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    return seen;
  };
  const after = reach('from', 'to');
  const before = reach('to', 'from');
  return [...after].find((id) => before.has(id));
}

function outputAt({ portsOf }: SubWorkflowFacts, end: string): PortDescription | undefined {
  const parts = splitEnd(end);
  return parts === undefined ? undefined : portsOf(parts.node)?.outputs.find((port) => port.name === parts.port);
}

/** One field for each end, named after its port; undefined if a type is unknown. */
function fieldsOf(
  ends: readonly { readonly end: string; readonly named: string }[],
  portOf: (end: string) => PortDescription | undefined,
): readonly Field[] | undefined {
  const fields: Field[] = [];
  for (const { end, named } of ends) {
    if (fields.some((field) => field.end === end)) continue;
    const port = portOf(end);
    if (port === undefined) return undefined;
    const base = splitEnd(named)?.port ?? 'value';
    const wanted = base === 'error' ? 'failure' : base.slice(0, 58);
    let name = wanted;
    for (let number = 2; fields.some((field) => field.name === name); number += 1) name = `${wanted}_${number}`;
    fields.push({ name, end, type: port.type });
  }
  return fields;
}

interface Crossing {
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
  readonly entering: readonly DocumentEdge[];
  readonly leaving: readonly DocumentEdge[];
}

function innerOf(
  document: WorkflowDocument,
  chosen: ReadonlySet<string>,
  { inputs, outputs, entering }: Crossing,
  title: string,
): InnerWorkflow {
  const isTaken = (id: string): boolean => chosen.has(id);
  const source = freeNodeId('input', isTaken);
  const sink = freeNodeId('output', isTaken);
  const layout = layoutOf(document);
  const kept = Object.entries(document.nodes).filter(([id]) => chosen.has(id));
  const positions = Object.entries(layout.nodes).filter(([id]) => chosen.has(id));
  const left = Math.min(...positions.map(([, at]) => at[0]));
  const top = Math.min(...positions.map(([, at]) => at[1]));
  const right = Math.max(...positions.map(([, at]) => at[0]));
  const isInside = ({ from, to }: DocumentEdge): boolean =>
    chosen.has(splitEnd(from)?.node ?? '') && chosen.has(splitEnd(to)?.node ?? '');
  const ends: [string, DocumentNode, [number, number]][] = [];
  // No input is required and no text is too long: the inner nodes check their inputs as before.
  if (inputs.length > 0)
    ends.push([
      source,
      {
        type: 'input',
        version: 1,
        config: { fields: inputs.map(({ name, type }) => ({ name, type, required: false, maxLength: longest })) },
      },
      [left - 320, top],
    ]);
  if (outputs.length > 0)
    ends.push([
      sink,
      { type: 'output', version: 1, config: { fields: outputs.map(({ name, type }) => ({ name, type })) } },
      [right + 320, top],
    ]);
  return {
    title,
    nodes: Object.fromEntries([...kept, ...ends.map(([id, node]) => [id, node] as const)]),
    edges: [
      ...entering.map(({ from, to }) => ({
        from: `${source}.${inputs.find((field) => field.end === from)?.name ?? ''}`,
        to,
      })),
      ...document.edges.filter(isInside),
      ...outputs.map(({ name, end }) => ({ from: end, to: `${sink}.${name}` })),
    ],
    layout: {
      nodes: Object.fromEntries([
        ...positions,
        ...(positions.length === kept.length ? ends.map(([id, , at]) => [id, at] as const) : []),
      ]),
      notes: [],
      groups: layout.groups.filter((group) => group.nodes.every((id) => chosen.has(id))),
    },
  };
}

interface Replacement {
  readonly id: string;
  readonly node: DocumentNode;
  readonly edges: readonly DocumentEdge[];
  readonly name: string;
  readonly inner: InnerWorkflow;
}

function withInner(
  document: WorkflowDocument,
  chosen: ReadonlySet<string>,
  { id, node, edges, name, inner }: Replacement,
): WorkflowDocument {
  const layout = layoutOf(document);
  const positions = Object.entries(layout.nodes)
    .filter(([nodeId]) => chosen.has(nodeId))
    .map(([, at]) => at);
  const mean = (axis: 0 | 1): number =>
    Math.round(positions.reduce((sum, at) => sum + at[axis], 0) / Math.max(1, positions.length));
  const groups = layout.groups.flatMap((group) => {
    const isMember = group.nodes.some((nodeId) => chosen.has(nodeId));
    const left = group.nodes.filter((nodeId) => !chosen.has(nodeId));
    if (!isMember) return [group];
    return left.length === 0 ? [] : [{ ...group, nodes: [...left, id] }];
  });
  const without = <Value>(record: Readonly<Record<string, Value>>): [string, Value][] =>
    Object.entries(record).filter(([nodeId]) => !chosen.has(nodeId));
  return {
    ...document,
    nodes: Object.fromEntries([...without(document.nodes), [id, node]]),
    edges: [...edges],
    layout: { ...layout, nodes: Object.fromEntries([...without(layout.nodes), [id, [mean(0), mean(1)]]]), groups },
    workflows: { ...document.workflows, [name]: inner },
  };
}

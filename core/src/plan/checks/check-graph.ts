import type { InnerWorkflow } from '../../document/workflow-document.js';
import type { Port } from '../../types/port.js';
import { createPace, type Steps } from '../../values/steps.js';
import { reach, type Successors } from '../graph-order.js';
import type { IssueList } from '../issue-list.js';
import type { Region } from '../loop-regions.js';
import { checkRunSettings } from './check-run-settings.js';
import type { ResolvedEdge } from '../resolve-edges.js';
import type { ResolvedNode } from '../resolve-nodes.js';

/** Reports a workflow without nodes: its run would end at once, which is never intended. */
export function checkEmpty(graph: Pick<InnerWorkflow, 'nodes'>, issues: IssueList): void {
  if (Object.keys(graph.nodes).length > 0) return;
  issues.error({
    code: 'workflow-empty',
    message: 'The workflow has no nodes, so there is nothing to run: start with an "input" node.',
    fix: 'Add an "input" node for the inputs of a run, a node that processes them, and an "output" node for the result.',
  });
}

/** Inputs or edges to process between two pauses. */
const stretch = 1_000;

/** Reports missing inputs, inputs with too many edges, and joins that cannot work (rules "Join all", "One edge", "Join any" and "Iterations"). */
export function* checkInputs(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  issues: IssueList,
): Steps<void> {
  const entries = new Map<string, ResolvedEdge[]>();
  const loops = new Map<string, ResolvedEdge[]>();
  for (const [position, edge] of edges.entries()) {
    if (position % stretch === stretch - 1) yield;
    const side = edge.document.loop === undefined ? entries : loops;
    const key = `${edge.to}.${edge.toPort}`;
    const known = side.get(key);
    if (known === undefined) side.set(key, [edge]);
    else known.push(edge);
  }
  if (edges.length > stretch) yield;
  const isDue = createPace(stretch);
  for (const [index, node] of nodes.entries()) {
    const names = Object.keys(node.inputs);
    if (isDue(names.length + 1)) yield;
    let connected: readonly string[] | undefined;
    const connectedInputs = (): readonly string[] =>
      (connected ??= names.filter((name) => entries.has(`${index}.${name}`) || loops.has(`${index}.${name}`)));
    checkRunSettings(node, issues);
    for (const [name, port] of Object.entries(node.inputs)) {
      const key = `${index}.${name}`;
      const ends = { entering: entries.get(key) ?? [], looping: loops.get(key) ?? [], connectedInputs };
      checkInput(node, name, port, ends, issues);
    }
  }
}

/** The edges that end at an input, and the names of the connected inputs of its node. */
interface InputEdges {
  readonly entering: readonly ResolvedEdge[];
  readonly looping: readonly ResolvedEdge[];
  readonly connectedInputs: () => readonly string[];
}

function checkInput(
  node: ResolvedNode,
  name: string,
  port: Port,
  { entering, looping, connectedInputs }: InputEdges,
  issues: IssueList,
): void {
  if (!port.isOptional && node.document.run?.join === 'any') {
    issues.error({
      code: 'join-any-required',
      node: node.id,
      port: name,
      field: 'run.join',
      message: `'${node.id}' starts at its first input (join: any), so its input '${name}' must be optional.`,
      fix: 'Use a "merge" node, or set join to "all", so that the node starts when every input has settled.',
    });
  }
  if (!port.isOptional && node.definition.role !== 'source' && entering.length + looping.length === 0) {
    issues.error(() => ({
      code: 'input-missing',
      node: node.id,
      port: name,
      ...missingInput(node, name, connectedInputs()),
    }));
  }
  if (port.mode !== 'many' && entering.length > 1) {
    issues.error({
      code: 'input-doubled',
      node: node.id,
      port: name,
      edge: entering[1]?.id ?? '',
      message: `The input '${name}' of '${node.id}' takes one edge but has ${entering.length}.`,
      fix: 'Delete all but one, or join them with a "merge" node.',
    });
  }
  if (looping.length > 1) {
    issues.error({
      code: 'loop-entry-doubled',
      node: node.id,
      port: name,
      edge: looping[1]?.id ?? '',
      message: `Two loop edges end at the input '${name}' of '${node.id}'.`,
      fix: 'Keep one of them.',
    });
  }
}

/** The issue for a required input without an edge. If a template reads the input, the issue names it as the template does. */
function missingInput(
  { id, inputs }: ResolvedNode,
  name: string,
  connected: readonly string[],
): { readonly message: string; readonly fix: string } {
  const { type, paths } = inputs[name] ?? {};
  if (paths === undefined)
    return {
      message: `The input '${name}' of '${id}' is required, but nothing is connected to it.`,
      fix: `Connect an output of type ${type ?? 'Json'} to it.`,
    };
  const asked = paths
    .slice(0, 20)
    .map((path) => `{{ ${path} }}`)
    .join(', ');
  const there = connected.slice(0, 20);
  const instead =
    there.length === 0 ? '' : `, or use a connected input: ${there.map((one) => `{{ ${one} }}`).join(', ')}`;
  return {
    message: `'${id}' uses ${asked}, but nothing is connected to its input '${name}'.`,
    fix: `Connect an output to the input '${name}'${instead}. A template can read only the connected inputs of its node, not environment variables, secrets or other nodes.`,
  };
}

/** Warns of nodes that no input of the workflow reaches, and of workflows without an output. */
export function checkReach(nodes: readonly ResolvedNode[], successors: Successors, issues: IssueList): void {
  const sources = nodes.flatMap((node, index) =>
    node.definition.role === 'source' || node.definition.usesThread === true || Object.keys(node.inputs).length === 0
      ? [index]
      : [],
  );
  // One extra node that leads to every source makes this a single search.
  const seen = reach(nodes.length, [...successors, sources]);
  nodes.forEach((node, index) => {
    if (seen.has(index)) return;
    issues.warning({
      code: 'node-unreached',
      node: node.id,
      message: `No path leads from an input to '${node.id}'.`,
      fix: 'Connect it, or delete it.',
    });
  });
  if (nodes.length > 0 && !nodes.some((node) => node.definition.role === 'sink')) {
    issues.warning({
      code: 'no-output',
      message: 'The workflow has no output node, so its runs return nothing.',
      fix: 'Add an "output" node.',
    });
  }
}

/** Warns of edges that leave a loop before its last node: the nodes after them run once, after the loop (rule "Loop regions"). */
export function* checkLoopExits(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  regions: readonly Region[],
  issues: IssueList,
): Steps<void> {
  if (regions.length === 0) return;
  for (const [index, edge] of edges.entries()) {
    if (index % stretch === stretch - 1) yield;
    if (edge.document.loop !== undefined) continue;
    const left = regions.find((region) => region.nodes.has(edge.from) && !region.nodes.has(edge.to));
    if (left === undefined || left.source === edge.from) continue;
    issues.warning({
      code: 'loop-exit-early',
      edge: edge.id,
      node: nodes[edge.to]?.id ?? '',
      message: `'${nodes[edge.to]?.id ?? ''}' is outside the loop: it runs once after the last iteration, with the value of that iteration.`,
      fix: `To run it in every iteration, connect it, directly or through other nodes, to '${nodes[left.source]?.id ?? ''}'.`,
    });
  }
}

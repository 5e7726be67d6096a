import type { WorkflowDocument } from '../document/workflow-document.js';
import { labelOf } from '../labels/label.js';
import type { Ports } from '../types/port.js';
import { createPace, type Steps } from '../values/steps.js';
import type { Region } from './loop-regions.js';
import type {
  LoopRegion,
  Plan,
  PlanEdge,
  PlanInput,
  PlanInterface,
  PlanNode,
  PlanOutput,
  PlanRunSettings,
} from './plan.js';
import { errorPortName, type ResolvedEdge } from './resolve-edges.js';
import type { ResolvedNode } from './resolve-nodes.js';
import type { TypedPorts } from './resolve-types.js';

/** Nodes or edges to build between two pauses. */
const stretch = 500;

/** The parts of a plan, all without errors. */
interface PlanParts {
  readonly document: WorkflowDocument;
  readonly nodes: readonly ResolvedNode[];
  readonly edges: readonly ResolvedEdge[];
  readonly ports: TypedPorts;
  readonly regions: readonly Region[];
  readonly planInterface: PlanInterface;
  readonly workflows: ReadonlyMap<string, Plan>;
}

/** Builds the plan: replaces names by indexes, so that the engine never looks up a name. */
export function* buildPlan(parts: PlanParts): Steps<Plan> {
  const { nodes, ports, regions } = parts;
  const chains = yield* regionChains(nodes.length, regions);
  const loopOf = new Map(regions.flatMap(({ loopEdges }, region) => loopEdges.map((edge) => [edge, region] as const)));
  const sides: Sides[] = [];
  const isDue = createPace(stretch * 4);
  for (const index of nodes.keys()) {
    const side = sidesOf(ports.inputs[index] ?? {}, ports.outputs[index] ?? {});
    sides.push(side);
    if (isDue(side.inputs.length + side.outputs.length + 1)) yield;
  }
  const edges: PlanEdge[] = [];
  for (const [index, edge] of parts.edges.entries()) {
    edges.push(buildEdge(edge, index, sides, chains, loopOf));
    if (index % stretch === stretch - 1) yield;
  }
  const built: PlanNode[] = [];
  for (const [index, node] of nodes.entries()) {
    built.push(buildNode(node, index, sides[index]?.inputs ?? [], sides[index]?.outputs ?? [], chains[index] ?? []));
    if (index % stretch === stretch - 1) yield;
  }
  const outgoing = outgoingOf(nodes.length, edges);
  const loops: LoopRegion[] = [];
  for (const [index, region] of regions.entries()) {
    loops.push(buildRegion(region, index, edges, regions, outgoing));
    if (nodes.length > stretch) yield;
  }
  return {
    document: parts.document,
    nodes: built,
    edges,
    regions: loops,
    sources: built.flatMap((node) => (node.definition.role === 'source' ? [node.index] : [])),
    sinks: built.flatMap((node) => (node.definition.role === 'sink' ? [node.index] : [])),
    interface: parts.planInterface,
    workflows: parts.workflows,
    indexOf: new Map(built.map((node) => [node.id, node.index])),
  };
}

/** The regions that contain each node, outermost first. `regions` lists inner regions first, so it is walked backwards. */
function* regionChains(count: number, regions: readonly Region[]): Steps<number[][]> {
  const chains: number[][] = Array.from({ length: count }, () => []);
  for (let index = regions.length - 1; index >= 0; index -= 1) {
    for (const node of regions[index]?.nodes ?? []) chains[node]?.push(index);
    if (count > stretch) yield;
  }
  return chains;
}

interface Sides {
  readonly inputs: (PlanInput & { edges: number[]; loopEdge: number })[];
  readonly outputs: (PlanOutput & { edges: number[] })[];
  /** The index of each name in its list. */
  readonly inputAt: ReadonlyMap<string, number>;
  readonly outputAt: ReadonlyMap<string, number>;
}

function sidesOf(inputs: Ports, outputs: Ports): Sides {
  const indexesOf = (ports: Ports) => new Map(Object.keys(ports).map((name, index) => [name, index]));
  return {
    inputs: Object.entries(inputs).map(([name, port]) => ({ name, port, edges: [], loopEdge: -1 })),
    outputs: Object.entries(outputs).map(([name, port]) => ({ name, port, edges: [] })),
    inputAt: indexesOf(inputs),
    outputAt: indexesOf(outputs),
  };
}

function buildEdge(
  edge: ResolvedEdge,
  index: number,
  sides: readonly Sides[],
  chains: readonly (readonly number[])[],
  loopOf: ReadonlyMap<number, number>,
): PlanEdge {
  const outputs = sides[edge.from]?.outputs ?? [];
  const inputs = sides[edge.to]?.inputs ?? [];
  const fromOutput = sides[edge.from]?.outputAt.get(edge.fromPort) ?? -1;
  const toInput = sides[edge.to]?.inputAt.get(edge.toPort) ?? -1;
  outputs[fromOutput]?.edges.push(index);
  const input = inputs[toInput];
  const isLoop = edge.document.loop !== undefined;
  if (input !== undefined) {
    if (isLoop) input.loopEdge = index;
    else input.edges.push(index);
  }
  const from = chains[edge.from] ?? [];
  const to = chains[edge.to] ?? [];
  const shared = from.filter((region, position) => to[position] === region).length;
  const inside = from[shared - 1] ?? -1;
  return {
    index,
    id: edge.id,
    from: edge.from,
    fromOutput,
    to: edge.to,
    toInput,
    loopOf: isLoop ? (loopOf.get(index) ?? -1) : -1,
    leaves: isLoop ? -1 : (from[shared] ?? -1),
    inside,
    isStream: !isLoop && input?.port.mode === 'stream' && from.length === shared,
  };
}

function buildNode(
  node: ResolvedNode,
  index: number,
  inputs: readonly PlanInput[],
  outputs: readonly PlanOutput[],
  chain: readonly number[],
): PlanNode {
  const error = outputs.findIndex(
    (output) => output.name === errorPortName && output.edges.length > 0 && !Object.hasOwn(node.outputs, errorPortName),
  );
  return {
    index,
    id: node.id,
    title: node.document.title ?? node.definition.title,
    definition: node.definition,
    config: node.config,
    inputs,
    outputs,
    errorOutput: error,
    region: chain[chain.length - 1] ?? -1,
    regionChain: chain,
    run: runSettings(node),
    limits: node.definition.limits?.(node.config) ?? [],
    references: node.definition.references?.(node.config) ?? [],
    label: node.document.label === undefined ? undefined : labelOf(node.document.label),
    hasStreamInput: inputs.some((input) => input.port.mode === 'stream'),
  };
}

function runSettings(node: ResolvedNode): PlanRunSettings {
  const run = node.document.run;
  return {
    join: run?.join ?? 'all',
    attempts: run?.retry?.attempts ?? 1,
    backoffMs: run?.retry?.backoffMs ?? 500,
    wallMs: run?.wallMs,
    idleMs: run?.idleMs,
    atMostOnce: run?.atMostOnce ?? false,
    isDisabled: run?.disabled ?? false,
  };
}

function buildRegion(
  region: Region,
  index: number,
  edges: readonly PlanEdge[],
  regions: readonly Region[],
  outgoing: readonly (readonly PlanEdge[])[],
): LoopRegion {
  const nodes = [...region.nodes];
  const leaving = nodes.flatMap((node) => outgoing[node] ?? []);
  return {
    index,
    target: region.target,
    source: region.source,
    loopEdges: region.loopEdges,
    nodes,
    innerEdges: leaving.filter((edge) => region.nodes.has(edge.to)).map((edge) => edge.index),
    exitEdges: leaving.filter((edge) => edge.leaves === index).map((edge) => edge.index),
    parent: region.parent,
    children: regions.flatMap((other, child) => (other.parent === index ? [child] : [])),
    max: region.max,
    atLimit: region.atLimit,
  };
}

function outgoingOf(count: number, edges: readonly PlanEdge[]): PlanEdge[][] {
  const outgoing: PlanEdge[][] = Array.from({ length: count }, () => []);
  for (const edge of edges) outgoing[edge.from]?.push(edge);
  return outgoing;
}

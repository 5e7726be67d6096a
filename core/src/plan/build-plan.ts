import type { WorkflowDocument } from '../document/workflow-document.js';
import { labelOf } from '../labels/label.js';
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

/** Everything a plan is made of; free of errors. */
export interface PlanParts {
  readonly document: WorkflowDocument;
  readonly nodes: readonly ResolvedNode[];
  readonly edges: readonly ResolvedEdge[];
  readonly ports: TypedPorts;
  readonly regions: readonly Region[];
  readonly face: PlanInterface;
  readonly workflows: ReadonlyMap<string, Plan>;
}

/** Turns names into indexes, so that the engine never looks one up. */
export function buildPlan(parts: PlanParts): Plan {
  const { nodes, ports, regions } = parts;
  const chains = regionChains(nodes.length, regions);
  const sides = nodes.map((_node, index) => ({
    inputs: Object.entries(ports.inputs[index] ?? {}).map(([name, port]) => ({
      name,
      port,
      edges: [] as number[],
      loopEdge: -1,
    })),
    outputs: Object.entries(ports.outputs[index] ?? {}).map(([name, port]) => ({ name, port, edges: [] as number[] })),
  }));
  const edges = parts.edges.map((edge, index) => buildEdge(edge, index, sides, chains, regions));
  const built = nodes.map((node, index) =>
    buildNode(node, index, sides[index]?.inputs ?? [], sides[index]?.outputs ?? [], chains[index] ?? []),
  );
  const outgoing = outgoingOf(nodes.length, edges);
  return {
    document: parts.document,
    nodes: built,
    edges,
    regions: regions.map((region, index) => buildRegion(region, index, edges, regions, outgoing)),
    sources: built.flatMap((node) => (node.definition.role === 'source' ? [node.index] : [])),
    sinks: built.flatMap((node) => (node.definition.role === 'sink' ? [node.index] : [])),
    interface: parts.face,
    workflows: parts.workflows,
    indexOf: new Map(built.map((node) => [node.id, node.index])),
  };
}

/** For each node the regions that hold it, outermost first. Regions come inner first, so their order backwards is by size. */
function regionChains(count: number, regions: readonly Region[]): number[][] {
  const chains: number[][] = Array.from({ length: count }, () => []);
  for (let index = regions.length - 1; index >= 0; index -= 1) {
    for (const node of regions[index]?.nodes ?? []) chains[node]?.push(index);
  }
  return chains;
}

type Sides = readonly {
  readonly inputs: (PlanInput & { edges: number[]; loopEdge: number })[];
  readonly outputs: (PlanOutput & { edges: number[] })[];
}[];

function buildEdge(
  edge: ResolvedEdge,
  index: number,
  sides: Sides,
  chains: readonly (readonly number[])[],
  regions: readonly Region[],
): PlanEdge {
  const outputs = sides[edge.from]?.outputs ?? [];
  const inputs = sides[edge.to]?.inputs ?? [];
  const fromOutput = outputs.findIndex((output) => output.name === edge.fromPort);
  const toInput = inputs.findIndex((input) => input.name === edge.toPort);
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
    loopOf: isLoop ? regions.findIndex((region) => region.loopEdges.includes(index)) : -1,
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

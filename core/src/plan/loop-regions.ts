import type { Steps } from '../values/steps.js';
import { reach, type Successors } from './graph-order.js';
import type { IssueList } from './issue-list.js';
import type { ResolvedEdge } from './resolve-edges.js';
import type { ResolvedNode } from './resolve-nodes.js';

/** A loop region before its edges are known (rule "Loop regions"). */
export interface Region {
  readonly target: number;
  readonly source: number;
  /** Indexes into the edges. */
  readonly loopEdges: readonly number[];
  readonly nodes: ReadonlySet<number>;
  readonly max: number;
  readonly atLimit: 'fail' | 'leave';
  parent: number;
}

/** Above this number of nodes, the search pauses after each loop. */
const large = 500;

/** The most node visits for all loops together. For each loop, the search visits all nodes after its target. */
const mostVisits = 1_000_000;
const mostLoops = 1_000;

/**
 * Finds the region of every loop edge: the nodes on a path from its target to its source (rule "Loop regions"). Inner regions come first.
 * Reports loop edges that close no cycle, regions that overlap without nesting, and different settings within one region.
 */
export function* findRegions(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  successors: Successors,
  issues: IssueList,
): Steps<Region[]> {
  const byEnds = new Map<string, number[]>();
  edges.forEach((edge, index) => {
    if (edge.document.loop === undefined) return;
    const key = `${edge.to} ${edge.from}`;
    const known = byEnds.get(key);
    if (known === undefined) byEnds.set(key, [index]);
    else known.push(index);
  });
  if (byEnds.size === 0) return [];
  const most = Math.min(mostLoops, Math.floor(mostVisits / nodes.length));
  if (byEnds.size > most) {
    issues.error({
      code: 'loops-too-many',
      message: `The workflow has ${byEnds.size} loops; with ${nodes.length} nodes the limit is ${most}.`,
      fix: 'Move parts into sub-workflows.',
    });
    return [];
  }
  const predecessors = invert(successors);
  const regions: Region[] = [];
  for (const loopEdges of byEnds.values()) {
    const region = regionOf(loopEdges, nodes, edges, successors, predecessors, issues);
    if (region !== undefined) regions.push(region);
    if (nodes.length > large) yield;
  }
  regions.sort((a, b) => a.nodes.size - b.nodes.size);
  yield* nest(regions, nodes, edges, issues);
  return regions;
}

function regionOf(
  loopEdges: readonly number[],
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  successors: Successors,
  predecessors: Successors,
  issues: IssueList,
): Region | undefined {
  const members = loopEdges.flatMap((index) => edges[index] ?? []);
  const first = members[0];
  if (first === undefined) return undefined;
  const { to: target, from: source } = first;
  const forward = reach(target, successors);
  if (!forward.has(source)) {
    for (const edge of members) {
      issues.error({
        code: 'loop-not-closing',
        edge: edge.id,
        message: `The edge '${edge.id}' is marked as a loop, but no path leads from '${nodes[target]?.id ?? ''}' to '${nodes[source]?.id ?? ''}'.`,
        fix: 'Remove the loop mark, or connect the nodes in between.',
      });
    }
    return undefined;
  }
  const backward = reach(source, predecessors);
  const inside = new Set<number>();
  for (const node of forward) if (backward.has(node)) inside.add(node);
  const loops = members.flatMap((edge) => edge.document.loop ?? []);
  if (new Set(loops.map((loop) => `${loop.max} ${loop.atLimit}`)).size > 1) {
    issues.error({
      code: 'loop-settings-differ',
      edge: first.id,
      message: 'Two edges close the same loop with different limits.',
      fix: 'Give both the same "max" and "atLimit".',
    });
  }
  return {
    target,
    source,
    loopEdges,
    nodes: inside,
    max: loops.reduce((least, loop) => Math.min(least, loop.max), Infinity),
    atLimit: loops[0]?.atLimit ?? 'fail',
    parent: -1,
  };
}

/** Sets the parent of each region: the smallest region around it. Visits each node once for each region that holds it. */
function* nest(
  regions: readonly Region[],
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  issues: IssueList,
): Steps<void> {
  const outermost = new Map<number, number>();
  for (const [index, region] of regions.entries()) {
    if (nodes.length > large) yield;
    const inner = new Set<number>();
    for (const node of region.nodes) {
      const top = outermost.get(node);
      if (top !== undefined) inner.add(top);
      outermost.set(node, index);
    }
    for (const child of inner) {
      const other = regions[child];
      if (other === undefined) continue;
      if ([...other.nodes].every((node) => region.nodes.has(node))) {
        other.parent = index;
        continue;
      }
      const edge = edges[region.loopEdges[0] ?? -1];
      const otherEdge = edges[other.loopEdges[0] ?? -1];
      issues.error({
        code: 'loop-overlap',
        edge: edge?.id,
        message: `The loops '${otherEdge?.id ?? ''}' and '${edge?.id ?? ''}' overlap: they share ${[...other.nodes]
          .filter((node) => region.nodes.has(node))
          .slice(0, 5)
          .map((node) => `'${nodes[node]?.id ?? ''}'`)
          .join(', ')}, and neither holds the other.`,
        fix: 'Put one loop completely inside the other, or move one into a sub-workflow.',
      });
    }
  }
}

function invert(successors: Successors): number[][] {
  const predecessors: number[][] = successors.map(() => []);
  successors.forEach((targets, node) => {
    for (const target of targets) predecessors[target]?.push(node);
  });
  return predecessors;
}

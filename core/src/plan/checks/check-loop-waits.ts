import type { Steps } from '../../values/steps.js';
import { orderGraph } from '../graph-order.js';
import type { IssueList } from '../issue-list.js';
import type { Region } from '../loop-regions.js';
import type { ResolvedEdge } from '../resolve-edges.js';
import type { ResolvedNode } from '../resolve-nodes.js';

/** Edges to process between two pauses. */
const stretch = 1_000;

/**
 * Reports loops that wait for each other. Values leave a loop only when it ends (rule "Held exits"), so two loops that feed each
 * other never end, even if their nodes form no cycle. The check treats each loop as one node of the graph around it.
 */
export function* checkLoopWaits(
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  regions: readonly Region[],
  issues: IssueList,
): Steps<void> {
  if (regions.length === 0) return;
  const chains: number[][] = nodes.map(() => []);
  for (let region = regions.length - 1; region >= 0; region -= 1) {
    for (const node of regions[region]?.nodes ?? []) chains[node]?.push(region);
    if (nodes.length > stretch) yield;
  }
  const successors: number[][] = Array.from({ length: nodes.length + regions.length }, () => []);
  for (const [index, { from, to, document }] of edges.entries()) {
    if (index % stretch === stretch - 1) yield;
    if (document.loop !== undefined) continue;
    const left = chains[from] ?? [];
    const right = chains[to] ?? [];
    const shared = left.filter((region, position) => right[position] === region).length;
    successors[unitOf(from, left[shared], nodes.length)]?.push(unitOf(to, right[shared], nodes.length));
  }
  for (const cycle of orderGraph(successors).cycles) {
    const loops = cycle.flatMap((unit) => regions[unit - nodes.length] ?? []);
    const ids = loops.map((region) => edges[region.loopEdges[0] ?? -1]?.id ?? '');
    issues.error({
      code: 'loop-overlap',
      edge: ids[0],
      message: `The loops ${ids.map((id) => `'${id}'`).join(' and ')} wait for each other: a value leaves a loop only at its end, and each loop needs a value from the other.`,
      fix: 'Move one loop completely before the other, or combine both loops.',
    });
  }
}

/** The outermost loop that holds the node but not the other end of the edge; otherwise the node itself. */
const unitOf = (node: number, region: number | undefined, count: number): number =>
  region === undefined ? node : count + region;

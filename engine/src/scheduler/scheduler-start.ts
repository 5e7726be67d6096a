import type { Plan, PlanNode } from '@heddle/core';
import { addTo } from './readiness.js';
import { EdgeState } from './scheduler-types.js';

/** The state in which every run of a plan starts. Its arrays are copied and never changed. */
interface SchedulerStart {
  readonly edgeState: Uint8Array;
  /** For each node: the number of edges that it waits for. */
  readonly waiting: Int32Array;
  /** For each region: the number of its nodes and inner regions. */
  readonly regionLeft: Int32Array;
  /** Nodes that wait for nothing. */
  readonly free: readonly PlanNode[];
}

const starts = new WeakMap<Plan, SchedulerStart>();

/** Computes the first state once per plan, so that a run of ten nodes in a graph of a thousand need not visit all of them. */
export function startOf(plan: Plan): SchedulerStart {
  const known = starts.get(plan);
  if (known !== undefined) return known;
  const made = make(plan);
  starts.set(plan, made);
  return made;
}

function make({ nodes, edges, regions }: Plan): SchedulerStart {
  const edgeState = new Uint8Array(edges.length);
  const waiting = new Int32Array(nodes.length);
  const regionLeft = new Int32Array(regions.length);
  for (const edge of edges) {
    if (edge.loopOf >= 0) edgeState[edge.index] = EdgeState.Dropped;
    else addTo(waiting, edge.to, 1);
  }
  for (const node of nodes) if (node.region >= 0) addTo(regionLeft, node.region, 1);
  for (const region of regions) if (region.parent >= 0) addTo(regionLeft, region.parent, 1);
  return { edgeState, waiting, regionLeft, free: nodes.filter(({ index }) => waiting[index] === 0) };
}

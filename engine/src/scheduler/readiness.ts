import type { LoopRegion, Plan, PlanNode } from '@heddle/core';
import { elementAt } from '../paths.js';
import { EdgeState, type SkipReason } from './scheduler-types.js';

/** The state that decides readiness. Only the scheduler changes it. */
export interface GraphState {
  readonly plan: Plan;
  readonly edgeState: Uint8Array;
  readonly iterations: Int32Array;
  /** For `join: any`: the edge that started the node; -1 for none. */
  readonly chosen: Int32Array;
  /** For each region: the nodes and inner regions that have not settled in this iteration. */
  readonly regionLeft: Int32Array;
}

/** Why a node is skipped once all its inputs have settled; undefined if it runs. */
export function reasonToSkip(state: GraphState, node: PlanNode): SkipReason | undefined {
  let connected = 0;
  let present = 0;
  for (const input of node.inputs) {
    if (input.edges.length === 0 && input.loopEdge < 0) continue;
    if (isPresent(state, input.edges, input.loopEdge)) {
      connected += 1;
      present += 1;
      continue;
    }
    if (!input.port.isOptional) return 'required-dropped';
    // In iteration 0 the loop edge is absent: an input that has only a loop edge counts as not connected.
    if (input.edges.length > 0 || state.iterations[elementAt(state.plan.edges, input.loopEdge).loopOf] !== 0)
      connected += 1;
  }
  return connected > 0 && present === 0 ? 'all-dropped' : undefined;
}

function isPresent(state: GraphState, edges: readonly number[], loopEdge: number): boolean {
  if (loopEdge >= 0 && state.edgeState[loopEdge] === EdgeState.Carried) return true;
  for (const edge of edges) {
    const now = state.edgeState[edge];
    if (now === EdgeState.Carried || now === EdgeState.Streaming) return true;
  }
  return false;
}

/** The number of edges that the node still waits for. Loop edges do not count, because they never wait. */
export function countWaiting(state: GraphState, node: PlanNode): number {
  let count = 0;
  for (const input of node.inputs)
    for (const edge of input.edges) if (state.edgeState[edge] === EdgeState.Waiting) count += 1;
  return count;
}

/**
 * For `join: any` after a reset: the edge that starts the node. A loop edge that carries a value wins over entry edges; -1 if none carries
 * one.
 */
export function firstCarried(state: GraphState, node: PlanNode): number {
  for (const { loopEdge } of node.inputs)
    if (loopEdge >= 0 && state.edgeState[loopEdge] === EdgeState.Carried) return loopEdge;
  for (const { edges } of node.inputs)
    for (const edge of edges) if (state.edgeState[edge] === EdgeState.Carried) return edge;
  return -1;
}

/** Whether every way out of a node ends at nodes that another edge has started. Then its failure does not fail the run. */
export function isHarmless(state: GraphState, node: number): boolean {
  const seen = new Set([node]);
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    let ways = 0;
    for (const output of elementAt(state.plan.nodes, next).outputs) {
      for (const index of output.edges) {
        ways += 1;
        const edge = elementAt(state.plan.edges, index);
        if (edge.loopOf >= 0) return false;
        if ((state.chosen[edge.to] ?? -1) >= 0 || seen.has(edge.to)) continue;
        seen.add(edge.to);
        open.push(edge.to);
      }
    }
    if (ways === 0) return false;
  }
  return true;
}

/** Resets the iterations and counters of a region and of the regions inside it. */
export function resetCounters(state: GraphState, region: LoopRegion): void {
  const open = [region];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    state.iterations[next.index] = 0;
    state.regionLeft[next.index] = next.children.length;
    for (const child of next.children) open.push(elementAt(state.plan.regions, child));
  }
  for (const node of region.nodes) addTo(state.regionLeft, elementAt(state.plan.nodes, node).region, 1);
}

/** Adds to a counter and returns its value. */
export function addTo(counters: Int32Array, index: number, amount: number): number {
  const value = (counters[index] ?? 0) + amount;
  counters[index] = value;
  return value;
}

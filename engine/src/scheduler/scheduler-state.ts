import type { LabelledValue, Plan } from '@heddle/core';
import type { GraphState } from './readiness.js';
import { startOf } from './scheduler-start.js';
import { EdgeState, NodeState } from './scheduler-types.js';

/** The state of one run of one plan: states and values by index. Everyone may read them; only the scheduler changes them. */
export class SchedulerState implements GraphState {
  /** The number of nodes that have not settled. */
  remaining: number;
  /** The iteration of each region. */
  readonly iterations: Int32Array;
  readonly edgeState: Uint8Array;
  protected readonly edgeValue: (LabelledValue | undefined)[];
  /** The state that loop edges and edges out of a loop get when the iteration ends. */
  protected readonly heldState: Uint8Array;
  protected readonly heldValue: (LabelledValue | undefined)[];
  /** Marks stream edges whose producer failed for good. An edge that enters a loop stays marked in every iteration. */
  protected readonly blamed: Uint8Array;
  protected readonly waiting: Int32Array;
  protected readonly nodeState: Uint8Array;
  /** For `join: any`: the edge that started the node. */
  readonly chosen: Int32Array;
  readonly regionLeft: Int32Array;

  constructor(readonly plan: Plan) {
    const { nodes, edges, regions } = plan;
    const start = startOf(plan);
    this.remaining = nodes.length;
    this.iterations = new Int32Array(regions.length);
    this.edgeState = start.edgeState.slice();
    this.edgeValue = new Array<LabelledValue | undefined>(edges.length);
    this.heldState = new Uint8Array(regions.length === 0 ? 0 : edges.length);
    this.heldValue = [];
    this.blamed = new Uint8Array(this.heldState.length);
    this.waiting = start.waiting.slice();
    this.nodeState = new Uint8Array(nodes.length);
    this.chosen = new Int32Array(nodes.length).fill(-1);
    this.regionLeft = start.regionLeft.slice();
  }

  stateOf(node: number): number {
    return this.nodeState[node] ?? NodeState.Idle;
  }

  stateOfEdge(edge: number): number {
    return this.edgeState[edge] ?? EdgeState.Waiting;
  }

  /** The value of an edge that carries one. */
  valueOf(edge: number): LabelledValue | undefined {
    return this.edgeValue[edge];
  }

  /** For `join: any`: whether the node started because of this edge. Other nodes use every edge. */
  isUsed(node: number, edge: number): boolean {
    const chosen = this.chosen[node] ?? -1;
    return chosen === -1 || chosen === edge;
  }
}

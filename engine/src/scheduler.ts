import { HeddleError, type LabelledValue, type LoopRegion, type Plan, type PlanEdge, type PlanNode, type RunEventOf } from '@heddle/core';

// E1 Only the scheduler changes edge state. E4 An edge settles once an iteration. E5 Values leave a loop when it ends.
// Synchronous and pure: the same calls in the same order give the same decisions, so a journal can be replayed (D5).
// C2 Readiness is a counter; nothing here grows with the graph or the history.

/** Ports that were taken, with their values. */
export type Outputs = Readonly<Record<string, LabelledValue>>;
export type SkipReason = RunEventOf<'node-skip'>['reason'];

/** Hears of decisions, in order, while they are made. It must not call back into the scheduler. */
export interface SchedulerListener {
  ready(node: number): void;
  /** `wasReady`: the node had begun and must be stopped (S4). */
  skip(node: number, reason: SkipReason, wasReady: boolean): void;
  /** What passes a disabled node, which settles at once. */
  bypass(node: number): Outputs;
  loopNext(region: number, iteration: number): void;
  loopLimit(region: number): void;
}

/** Which nodes a run leaves out, and which bring their results along. */
export interface Selection {
  /** The node's result is known beforehand: it runs (as cached) whatever its inputs are. */
  isPreset(node: number): boolean;
  isSelected(node: number): boolean;
}

/** States of an edge; streaming: the first delta is there, the value is not (S2). */
export const EdgeState = { Waiting: 0, Carried: 1, Dropped: 2, Streaming: 3 } as const;

/** States of a node; from `Done` on it has settled. */
export const NodeState = { Idle: 0, Ready: 1, Done: 2, Skipped: 3, Failed: 4 } as const;

/** What became of a failure (R2, R3). */
export type Verdict = 'carried' | 'ignored' | 'fatal';

/** Edge states, readiness and loops of one run of one plan. */
export class Scheduler {
  /** Nodes that have not settled. */
  remaining: number;
  /** Iteration of each region. */
  readonly iterations: Int32Array;
  private readonly edgeState: Uint8Array;
  private readonly edgeValue: (LabelledValue | undefined)[];
  /** What edges that close or leave a loop will be when its iteration ends (L3). */
  private readonly heldState: Uint8Array;
  private readonly heldValue: (LabelledValue | undefined)[];
  private readonly waiting: Int32Array;
  private readonly nodeState: Uint8Array;
  /** For `join: any`: the edge that started the node (R2). */
  private readonly chosen: Int32Array;
  private readonly regionLeft: Int32Array;
  /** Settled without outputs; negative (`~node`) where its producer's failure is to blame (S4). */
  private readonly dropping: number[] = [];
  private readonly endedRegions: number[] = [];
  /** Disabled nodes that are ready. */
  private readonly passing: number[] = [];

  constructor(
    private readonly plan: Plan,
    private readonly listener: SchedulerListener,
    private readonly selection?: Selection,
  ) {
    const { nodes, edges, regions } = plan;
    this.remaining = nodes.length;
    this.iterations = new Int32Array(regions.length);
    this.edgeState = new Uint8Array(edges.length);
    this.edgeValue = new Array<LabelledValue | undefined>(edges.length).fill(undefined);
    this.heldState = new Uint8Array(regions.length === 0 ? 0 : edges.length);
    this.heldValue = [];
    this.waiting = new Int32Array(nodes.length);
    this.nodeState = new Uint8Array(nodes.length);
    this.chosen = new Int32Array(nodes.length).fill(-1);
    this.regionLeft = new Int32Array(regions.length);
    for (const edge of edges) {
      if (edge.loopOf >= 0) this.edgeState[edge.index] = EdgeState.Dropped;
      else this.add(this.waiting, edge.to, 1);
    }
    for (const node of nodes) if (node.region >= 0) this.add(this.regionLeft, node.region, 1);
    for (const region of regions) if (region.parent >= 0) this.add(this.regionLeft, region.parent, 1);
  }

  /** Decides every node that waits for nothing. */
  begin(): void {
    for (const node of this.plan.nodes) {
      if (this.waiting[node.index] === 0 && this.nodeState[node.index] === NodeState.Idle) this.decide(node);
    }
    this.propagate();
  }

  /** Settles a node that ended: ports in `outputs` are carried, the others drop. */
  complete(node: number, outputs: Outputs): void {
    this.settle(node, NodeState.Done);
    this.carry(this.nodeAt(node), outputs);
    this.propagate();
  }

  /** Settles a node that failed for good; `errorOutputs` where its error port is connected. */
  fail(node: number, errorOutputs: Outputs | undefined): Verdict {
    const verdict: Verdict = errorOutputs !== undefined ? 'carried' : this.isHarmless(node) ? 'ignored' : 'fatal';
    if (verdict === 'fatal') {
      this.nodeState[node] = NodeState.Failed;
      this.blameConsumers(node);
      return verdict;
    }
    this.settle(node, NodeState.Failed);
    this.skipStreamConsumers(this.nodeAt(node));
    this.carry(this.nodeAt(node), errorOutputs ?? {});
    this.propagate();
    return verdict;
  }

  /** The first delta of an output: stream consumers whose other inputs are settled begin (S2). */
  beginStream(node: number, output: number): void {
    for (const index of this.nodeAt(node).outputs[output]?.edges ?? []) {
      const edge = this.edgeAt(index);
      if (!edge.isStream || this.edgeState[index] !== EdgeState.Waiting) continue;
      const consumer = this.nodeAt(edge.to);
      if (consumer.run.join === 'any' || consumer.run.isDisabled) continue;
      this.edgeState[index] = EdgeState.Streaming;
      this.add(this.waiting, edge.to, -1);
      if (this.waiting[edge.to] === 0 && this.nodeState[edge.to] === NodeState.Idle) this.decide(consumer);
    }
    this.propagate();
  }

  /** The producer will be tried again: gives the consumers that had begun and must be stopped; they begin again (S4). */
  restartStreams(node: number): number[] {
    const stopped: number[] = [];
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const output of this.nodeAt(next).outputs) {
        for (const index of output.edges) {
          if (this.edgeState[index] !== EdgeState.Streaming) continue;
          const { to } = this.edgeAt(index);
          this.edgeState[index] = EdgeState.Waiting;
          this.add(this.waiting, to, 1);
          if (this.nodeState[to] !== NodeState.Ready) continue;
          this.nodeState[to] = NodeState.Idle;
          stopped.push(to);
          open.push(to);
        }
      }
    }
    return stopped;
  }

  stateOf(node: number): number {
    return this.nodeState[node] ?? NodeState.Idle;
  }

  stateOfEdge(edge: number): number {
    return this.edgeState[edge] ?? EdgeState.Waiting;
  }

  /** The value on an edge that is carried. */
  valueOf(edge: number): LabelledValue | undefined {
    return this.edgeValue[edge];
  }

  /** For `join: any`: whether the node started because of this edge, or takes every edge. */
  isUsed(node: number, edge: number): boolean {
    const chosen = this.chosen[node] ?? -1;
    return chosen === -1 || chosen === edge;
  }

  private settle(node: number, state: number): void {
    this.nodeState[node] = state;
    this.remaining -= 1;
    const { region } = this.nodeAt(node);
    if (region >= 0) this.leaveRegion(region);
  }

  private leaveRegion(region: number): void {
    if (this.add(this.regionLeft, region, -1) === 0) this.endedRegions.push(region);
  }

  private carry(node: PlanNode, outputs: Outputs): void {
    for (const output of node.outputs) {
      const value = output.edges.length === 0 ? undefined : outputs[output.name];
      for (const index of output.edges) this.settleEdge(this.edgeAt(index), value === undefined ? EdgeState.Dropped : EdgeState.Carried, value);
    }
  }

  private settleEdge(edge: PlanEdge, state: number, value: LabelledValue | undefined): void {
    if (edge.loopOf < 0 && edge.leaves < 0) {
      this.apply(edge, state, value);
      return;
    }
    this.heldState[edge.index] = state;
    this.heldValue[edge.index] = value;
  }

  private apply(edge: PlanEdge, state: number, value: LabelledValue | undefined): void {
    const before = this.edgeState[edge.index];
    this.edgeState[edge.index] = state;
    this.edgeValue[edge.index] = value;
    const left = before === EdgeState.Waiting ? this.add(this.waiting, edge.to, -1) : (this.waiting[edge.to] ?? 0);
    if (this.nodeState[edge.to] !== NodeState.Idle) return;
    const consumer = this.nodeAt(edge.to);
    if (consumer.run.join === 'any' && state === EdgeState.Carried) this.startAny(consumer, edge.index);
    else if (left === 0) this.decide(consumer);
  }

  private startAny(node: PlanNode, edge: number): void {
    if (this.selection !== undefined && !this.selection.isSelected(node.index)) return;
    this.chosen[node.index] = edge;
    this.makeReady(node.index);
  }

  private makeReady(node: number): void {
    this.nodeState[node] = NodeState.Ready;
    if (this.nodeAt(node).run.isDisabled && this.selection?.isPreset(node) !== true) this.passing.push(node);
    else this.listener.ready(node);
  }

  /** No connected input waits: run or skip (R1). */
  private decide(node: PlanNode): void {
    if (this.selection?.isPreset(node.index) === true) {
      this.makeReady(node.index);
      return;
    }
    const reason = this.selection?.isSelected(node.index) === false ? 'not-selected' : this.reasonToSkip(node);
    if (reason === undefined) this.makeReady(node.index);
    else this.skip(node.index, reason, false);
  }

  private reasonToSkip(node: PlanNode): SkipReason | undefined {
    let connected = 0;
    let present = 0;
    for (const input of node.inputs) {
      if (input.edges.length === 0 && input.loopEdge < 0) continue;
      if (this.isPresent(input.edges, input.loopEdge)) {
        connected += 1;
        present += 1;
        continue;
      }
      if (!input.port.isOptional) return 'required-dropped';
      // In iteration 0 the loop edge is absent: an input with nothing else is as if it were not connected (L2).
      if (input.edges.length > 0 || this.iterations[this.edgeAt(input.loopEdge).loopOf] !== 0) connected += 1;
    }
    return connected > 0 && present === 0 ? 'all-dropped' : undefined;
  }

  private isPresent(edges: readonly number[], loopEdge: number): boolean {
    if (loopEdge >= 0 && this.edgeState[loopEdge] === EdgeState.Carried) return true;
    for (const edge of edges) {
      const state = this.edgeState[edge];
      if (state === EdgeState.Carried || state === EdgeState.Streaming) return true;
    }
    return false;
  }

  private skip(node: number, reason: SkipReason, isBlamed: boolean): void {
    const wasReady = this.nodeState[node] === NodeState.Ready;
    this.settle(node, NodeState.Skipped);
    this.listener.skip(node, reason, wasReady);
    this.dropping.push(isBlamed ? ~node : node);
  }

  private skipStreamConsumers(node: PlanNode): void {
    for (const output of node.outputs) {
      for (const index of output.edges) {
        const edge = this.edgeAt(index);
        if (!edge.isStream || (this.nodeState[edge.to] ?? 0) >= NodeState.Done) continue;
        if (this.nodeAt(edge.to).run.join === 'all') this.skip(edge.to, 'producer-failed', true);
      }
    }
  }

  /** The run fails with this node: its stream consumers are skipped, so that it alone is blamed; nothing else moves (S4). */
  private blameConsumers(node: number): void {
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const output of this.nodeAt(next).outputs) {
        for (const index of output.edges) {
          const { to } = this.edgeAt(index);
          if (this.edgeState[index] !== EdgeState.Streaming || (this.nodeState[to] ?? 0) >= NodeState.Done) continue;
          const wasReady = this.nodeState[to] === NodeState.Ready;
          this.nodeState[to] = NodeState.Skipped;
          this.listener.skip(to, 'producer-failed', wasReady);
          open.push(to);
        }
      }
    }
  }

  private propagate(): void {
    for (;;) {
      const dropped = this.dropping.pop();
      if (dropped !== undefined) {
        const node = this.nodeAt(dropped < 0 ? ~dropped : dropped);
        if (dropped < 0) this.skipStreamConsumers(node);
        this.carry(node, {});
        continue;
      }
      const passing = this.passing.pop();
      if (passing !== undefined) {
        this.settle(passing, NodeState.Done);
        this.carry(this.nodeAt(passing), this.listener.bypass(passing));
        continue;
      }
      const region = this.endedRegions.pop();
      if (region === undefined) return;
      this.endIteration(this.regionAt(region));
    }
  }

  private endIteration(region: LoopRegion): void {
    const isCarried = region.loopEdges.some((edge) => this.heldState[edge] === EdgeState.Carried);
    const iteration = this.iterations[region.index] ?? 0;
    if (isCarried && iteration + 1 < region.max) {
      this.listener.loopNext(region.index, iteration + 1);
      this.reset(region, iteration + 1);
      return;
    }
    if (isCarried) {
      this.listener.loopLimit(region.index);
      if (region.atLimit === 'fail') return;
    }
    for (const index of region.exitEdges) this.apply(this.edgeAt(index), this.heldState[index] ?? EdgeState.Dropped, this.heldValue[index]);
    if (region.parent >= 0) this.leaveRegion(region.parent);
  }

  /** Begins the next iteration: only edges with both ends inside forget their state (L2). */
  private reset(region: LoopRegion, iteration: number): void {
    this.resetCounters(region);
    this.iterations[region.index] = iteration;
    for (const index of region.innerEdges) {
      const edge = this.edgeAt(index);
      const isOwnLoop = edge.loopOf === region.index;
      this.edgeState[index] = isOwnLoop ? (this.heldState[index] ?? EdgeState.Dropped) : edge.loopOf >= 0 ? EdgeState.Dropped : EdgeState.Waiting;
      this.edgeValue[index] = isOwnLoop ? this.heldValue[index] : undefined;
    }
    for (const index of region.nodes) {
      this.nodeState[index] = NodeState.Idle;
      this.chosen[index] = -1;
      this.waiting[index] = this.countWaiting(this.nodeAt(index));
    }
    this.remaining += region.nodes.length;
    for (const index of region.nodes) this.reconsider(this.nodeAt(index));
  }

  /** Iterations and counters of a region and of those inside it. */
  private resetCounters(region: LoopRegion): void {
    const open = [region];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      this.iterations[next.index] = 0;
      this.regionLeft[next.index] = next.children.length;
      for (const child of next.children) open.push(this.regionAt(child));
    }
    for (const node of region.nodes) this.add(this.regionLeft, this.nodeAt(node).region, 1);
  }

  private countWaiting(node: PlanNode): number {
    let count = 0;
    for (const input of node.inputs) for (const edge of input.edges) if (this.edgeState[edge] === EdgeState.Waiting) count += 1;
    return count;
  }

  private reconsider(node: PlanNode): void {
    if (this.nodeState[node.index] !== NodeState.Idle) return;
    if (node.run.join === 'any') {
      const edge = this.firstCarried(node);
      if (edge >= 0) {
        this.startAny(node, edge);
        return;
      }
    }
    if (this.waiting[node.index] === 0) this.decide(node);
  }

  /** After a reset: the carried loop edge wins over entries that were there before (L2). */
  private firstCarried(node: PlanNode): number {
    for (const { loopEdge } of node.inputs) if (loopEdge >= 0 && this.edgeState[loopEdge] === EdgeState.Carried) return loopEdge;
    for (const { edges } of node.inputs) for (const edge of edges) if (this.edgeState[edge] === EdgeState.Carried) return edge;
    return -1;
  }

  /** Whether every way out of a node ends at nodes that started by another edge (R2). */
  private isHarmless(node: number): boolean {
    const seen = new Set([node]);
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      let ways = 0;
      for (const output of this.nodeAt(next).outputs) {
        for (const index of output.edges) {
          ways += 1;
          const edge = this.edgeAt(index);
          if (edge.loopOf >= 0) return false;
          if ((this.chosen[edge.to] ?? -1) >= 0 || seen.has(edge.to)) continue;
          seen.add(edge.to);
          open.push(edge.to);
        }
      }
      if (ways === 0) return false;
    }
    return true;
  }

  private add(counters: Int32Array, index: number, amount: number): number {
    const value = (counters[index] ?? 0) + amount;
    counters[index] = value;
    return value;
  }

  private nodeAt(index: number): PlanNode {
    return this.plan.nodes[index] ?? missing('node', index);
  }

  private edgeAt(index: number): PlanEdge {
    return this.plan.edges[index] ?? missing('edge', index);
  }

  private regionAt(index: number): LoopRegion {
    return this.plan.regions[index] ?? missing('region', index);
  }
}

function missing(kind: string, index: number): never {
  throw new HeddleError('internal', `The plan has no ${kind} ${index}.`);
}

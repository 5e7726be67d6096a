import type { LabelledValue, LoopRegion, Plan, PlanEdge, PlanNode } from '@heddle/core';
import { elementAt } from '../paths.js';
import { addTo, countWaiting, firstCarried, isHarmless, reasonToSkip, resetCounters } from './readiness.js';
import { startOf } from './scheduler-start.js';
import { SchedulerState } from './scheduler-state.js';
import {
  EdgeState,
  NodeState,
  type Outputs,
  type SchedulerListener,
  type Selection,
  type SkipReason,
  type Verdict,
} from './scheduler-types.js';

// Only the scheduler changes edge state. An edge settles once per iteration. Values leave a loop when it ends.
// Synchronous and pure: the same calls in the same order make the same decisions, so a journal can be replayed.
// Readiness is a counter; nothing here grows with the graph or the history.

/** Edge states, readiness and loops of one run of one plan. */
export class Scheduler extends SchedulerState {
  /** Nodes that settled without outputs and are still to be propagated; `~node` if the failure of a producer caused it. */
  private readonly dropping: number[] = [];
  private readonly endedRegions: number[] = [];
  /** Whether the failure of a producer has caused a skip. This is rare, so loops usually omit the check. */
  private hasBlamed = false;
  /** Disabled nodes that are ready. */
  private readonly passing: number[] = [];

  constructor(
    plan: Plan,
    private readonly listener: SchedulerListener,
    private readonly selection?: Selection,
  ) {
    super(plan);
  }

  /** Decides every node that waits for nothing. */
  begin(): void {
    for (const node of startOf(this.plan).free) if (this.nodeState[node.index] === NodeState.Idle) this.decide(node);
    this.propagate();
  }

  /** Settles a node that ended: its ports in `outputs` carry their values, its other ports drop. */
  complete(node: number, outputs: Outputs): void {
    this.settle(node, NodeState.Done);
    this.carry(elementAt(this.plan.nodes, node), outputs);
    this.propagate();
  }

  /** Settles a node that failed for good. `errorOutputs` is set if its error port is connected. */
  fail(node: number, errorOutputs: Outputs | undefined): Verdict {
    const verdict: Verdict = errorOutputs !== undefined ? 'carried' : isHarmless(this, node) ? 'ignored' : 'fatal';
    if (verdict === 'fatal') {
      this.nodeState[node] = NodeState.Failed;
      this.blameConsumers(node);
      return verdict;
    }
    this.settle(node, NodeState.Failed);
    this.skipStreamConsumers(elementAt(this.plan.nodes, node));
    this.carry(elementAt(this.plan.nodes, node), errorOutputs ?? {});
    this.propagate();
    return verdict;
  }

  /** Starts the stream consumers of an output after its first delta, if their other inputs have settled. */
  beginStream(node: number, output: number): void {
    for (const index of elementAt(this.plan.nodes, node).outputs[output]?.edges ?? []) {
      const edge = elementAt(this.plan.edges, index);
      if (!edge.isStream || this.edgeState[index] !== EdgeState.Waiting) continue;
      const consumer = elementAt(this.plan.nodes, edge.to);
      if (consumer.run.join === 'any' || consumer.run.isDisabled) continue;
      this.edgeState[index] = EdgeState.Streaming;
      addTo(this.waiting, edge.to, -1);
      if (this.waiting[edge.to] === 0 && this.nodeState[edge.to] === NodeState.Idle) this.decide(consumer);
    }
    this.propagate();
  }

  /**
   * Resets the consumers of a producer that will be retried. Returns the consumers that had begun; the caller stops them, and they begin
   * again.
   */
  restartStreams(node: number): number[] {
    const stopped: number[] = [];
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const output of elementAt(this.plan.nodes, next).outputs) {
        for (const index of output.edges) {
          if (this.edgeState[index] !== EdgeState.Streaming) continue;
          const { to } = elementAt(this.plan.edges, index);
          this.edgeState[index] = EdgeState.Waiting;
          addTo(this.waiting, to, 1);
          if (this.nodeState[to] !== NodeState.Ready) continue;
          this.nodeState[to] = NodeState.Idle;
          stopped.push(to);
          open.push(to);
        }
      }
    }
    return stopped;
  }

  private settle(node: number, state: number): void {
    this.nodeState[node] = state;
    this.remaining -= 1;
    const { region } = elementAt(this.plan.nodes, node);
    if (region >= 0) this.leaveRegion(region);
  }

  private leaveRegion(region: number): void {
    if (addTo(this.regionLeft, region, -1) === 0) this.endedRegions.push(region);
  }

  private carry(node: PlanNode, outputs: Outputs): void {
    for (const output of node.outputs) {
      const value = output.edges.length === 0 ? undefined : outputs[output.name];
      for (const index of output.edges)
        this.settleEdge(
          elementAt(this.plan.edges, index),
          value === undefined ? EdgeState.Dropped : EdgeState.Carried,
          value,
        );
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
    const left = before === EdgeState.Waiting ? addTo(this.waiting, edge.to, -1) : (this.waiting[edge.to] ?? 0);
    if (this.nodeState[edge.to] !== NodeState.Idle) return;
    const consumer = elementAt(this.plan.nodes, edge.to);
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
    if (elementAt(this.plan.nodes, node).run.isDisabled && this.selection?.isPreset(node) !== true)
      this.passing.push(node);
    else this.listener.ready(node);
  }

  /** Decides whether a node runs or is skipped, once no connected input waits. */
  private decide(node: PlanNode): void {
    if (this.selection?.isPreset(node.index) === true) {
      this.makeReady(node.index);
      return;
    }
    const reason = this.selection?.isSelected(node.index) === false ? 'not-selected' : reasonToSkip(this, node);
    if (reason === undefined) this.makeReady(node.index);
    else this.skip(node.index, reason, false);
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
        const edge = elementAt(this.plan.edges, index);
        if (!edge.isStream || elementAt(this.plan.nodes, edge.to).run.join !== 'all') continue;
        this.hasBlamed = true;
        this.blamed[index] = 1;
        if ((this.nodeState[edge.to] ?? 0) < NodeState.Done) this.skip(edge.to, 'producer-failed', true);
      }
    }
  }

  /** Skips the stream consumers of a node that fails the run, so that only this node is reported. No other state changes. */
  private blameConsumers(node: number): void {
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const output of elementAt(this.plan.nodes, next).outputs) {
        for (const index of output.edges) {
          const { to } = elementAt(this.plan.edges, index);
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
        const node = elementAt(this.plan.nodes, dropped < 0 ? ~dropped : dropped);
        if (dropped < 0) this.skipStreamConsumers(node);
        this.carry(node, {});
        continue;
      }
      const passing = this.passing.pop();
      if (passing !== undefined) {
        this.settle(passing, NodeState.Done);
        this.carry(elementAt(this.plan.nodes, passing), this.listener.bypass(passing));
        continue;
      }
      const region = this.endedRegions.pop();
      if (region === undefined) return;
      this.endIteration(elementAt(this.plan.regions, region));
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
    for (const index of region.exitEdges)
      this.apply(elementAt(this.plan.edges, index), this.heldState[index] ?? EdgeState.Dropped, this.heldValue[index]);
    if (region.parent >= 0) this.leaveRegion(region.parent);
  }

  /** Begins the next iteration. Only edges with both ends inside the region are reset. */
  private reset(region: LoopRegion, iteration: number): void {
    resetCounters(this, region);
    this.iterations[region.index] = iteration;
    for (const index of region.innerEdges) {
      const edge = elementAt(this.plan.edges, index);
      const isOwnLoop = edge.loopOf === region.index;
      this.edgeState[index] = isOwnLoop
        ? (this.heldState[index] ?? EdgeState.Dropped)
        : edge.loopOf >= 0
          ? EdgeState.Dropped
          : EdgeState.Waiting;
      this.edgeValue[index] = isOwnLoop ? this.heldValue[index] : undefined;
      this.blamed[index] = 0;
    }
    for (const index of region.nodes) {
      this.nodeState[index] = NodeState.Idle;
      this.chosen[index] = -1;
      this.waiting[index] = countWaiting(this, elementAt(this.plan.nodes, index));
    }
    this.remaining += region.nodes.length;
    for (const index of region.nodes) this.reconsider(elementAt(this.plan.nodes, index));
  }

  private reconsider(node: PlanNode): void {
    if (this.nodeState[node.index] !== NodeState.Idle) return;
    if (this.hasBlamed && node.inputs.some(({ edges }) => edges.some((edge) => this.blamed[edge] === 1))) {
      this.skip(node.index, 'producer-failed', true);
      return;
    }
    if (node.run.join === 'any') {
      const edge = firstCarried(this, node);
      if (edge >= 0) {
        this.startAny(node, edge);
        return;
      }
    }
    if (this.waiting[node.index] === 0) this.decide(node);
  }
}

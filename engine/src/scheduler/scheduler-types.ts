import type { LabelledValue, RunEventOf } from '@heddle/core';

/** Values of the ports that are carried. */
export type Outputs = Readonly<Record<string, LabelledValue>>;

/** Why a node does not run, as the event `node-skip` says it. */
export type SkipReason = RunEventOf<'node-skip'>['reason'];

/** Is called with each decision, in order, while it is made. It must not call back into the scheduler. */
export interface SchedulerListener {
  ready(node: number): void;
  /** `wasReady`: the node had begun and must be stopped. */
  skip(node: number, reason: SkipReason, wasReady: boolean): void;
  /** What passes a disabled node, which settles at once. */
  bypass(node: number): Outputs;
  loopNext(region: number, iteration: number): void;
  loopLimit(region: number): void;
}

/** Which nodes a run leaves out, and which have a known result. */
export interface Selection {
  /** The node's result is known beforehand: it runs (as cached) with any inputs. */
  isPreset(node: number): boolean;
  isSelected(node: number): boolean;
}

/** States of an edge. Streaming: the first delta has come, the value has not. */
export const EdgeState = { Waiting: 0, Carried: 1, Dropped: 2, Streaming: 3 } as const;

/** States of a node; from `Done` on it has settled. */
export const NodeState = { Idle: 0, Ready: 1, Done: 2, Skipped: 3, Failed: 4 } as const;

/** What became of a failure. */
export type Verdict = 'carried' | 'ignored' | 'fatal';

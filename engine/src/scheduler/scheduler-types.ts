import type { LabelledValue, RunEventOf } from '@heddle/core';

/** The values of the ports that carry one. */
export type Outputs = Readonly<Record<string, LabelledValue>>;

/** Why a node does not run, as in the event `node-skip`. */
export type SkipReason = RunEventOf<'node-skip'>['reason'];

/** Called with each decision, in order, while it is made. Must not call back into the scheduler. */
export interface SchedulerListener {
  ready(node: number): void;
  /** `wasReady`: the node had begun and must be stopped. */
  skip(node: number, reason: SkipReason, wasReady: boolean): void;
  /** Returns the outputs of a disabled node, which settles at once. */
  bypass(node: number): Outputs;
  loopNext(region: number, iteration: number): void;
  loopLimit(region: number): void;
}

/** Which nodes a run leaves out, and which have a known result. */
export interface Selection {
  /** Whether the node's result is known in advance. Such a node settles (as cached) whatever its inputs are. */
  isPreset(node: number): boolean;
  isSelected(node: number): boolean;
}

/** States of an edge. Streaming: the first delta has come, the value has not. */
export const EdgeState = { Waiting: 0, Carried: 1, Dropped: 2, Streaming: 3 } as const;

/** States of a node. It has settled from `Done` on. */
export const NodeState = { Idle: 0, Ready: 1, Done: 2, Skipped: 3, Failed: 4 } as const;

/** What a failure leads to. */
export type Verdict = 'carried' | 'ignored' | 'fatal';

import { z } from 'zod';
import type { RunEvent } from '../events/events.js';
import { lazyObject } from '../values/lazy-object.js';

/** How a replay handled effects: the `details` of its decisions of the kind `replay`. */
export const ReplayDecision = lazyObject(() => ({
  outcome: z.enum(['served', 'stubbed', 'held-back', 'would-call']),
  /** For example `fetch.fetch`; `people` for a human input request. */
  call: z.string(),
  /** Describes the destination of the effect. */
  target: z.string(),
  /** `sha256:<hex>` of the request; missing if it was served with its whole node. */
  hash: z.string().optional(),
  /** Number of effects, if the whole node was served. */
  count: z.int().positive().optional(),
}));
export type ReplayDecision = z.infer<typeof ReplayDecision>;

/** The effects of a replay, counted from its journal. */
export const ReplayCounts = lazyObject(() => ({
  /** Node results that were reused from the recorded run. */
  reused: z.int().nonnegative(),
  /** Effects that were answered from the journal of the recorded run. */
  served: z.int().nonnegative(),
  stubbed: z.int().nonnegative(),
  /** Writes without a result that were not made. */
  heldBack: z.int().nonnegative(),
  wouldCall: z.int().nonnegative(),
  /** Effects that were actually made. In a replay this must be 0. */
  sent: z.int().nonnegative(),
  modelCalls: z.int().nonnegative(),
})).meta({ id: 'ReplayCounts' });
export type ReplayCounts = z.infer<typeof ReplayCounts>;

/** Counts that are all zero. */
export const noReplayCounts: ReplayCounts = {
  reused: 0,
  served: 0,
  stubbed: 0,
  heldBack: 0,
  wouldCall: 0,
  sent: 0,
  modelCalls: 0,
};

/**
 * Counts the effects of a replay from its events. A step that names effects was not served, so its effects were made.
 *
 * @example countReplay(await journal.events(runId)).sent // 0
 */
export function countReplay(events: readonly RunEvent[]): ReplayCounts {
  const counts = { ...noReplayCounts };
  for (const event of events) {
    if (event.type === 'node-cached') counts.reused += 1;
    else if (event.type === 'model-call') counts.modelCalls += 1;
    else if (event.type === 'node-step') counts.sent += event.effects?.length ?? 0;
    else if (event.type === 'node-decision' && event.kind === 'replay') countDecision(counts, event.details);
  }
  return counts;
}

function countDecision(counts: { -readonly [Name in keyof ReplayCounts]: number }, details: unknown): void {
  const { outcome, count = 1 } = ReplayDecision.parse(details);
  if (outcome === 'served') counts.served += count;
  else if (outcome === 'stubbed') counts.stubbed += count;
  else if (outcome === 'held-back') counts.heldBack += count;
  else counts.wouldCall += count;
}

/** Adds up the counts of two replays. */
export function addReplayCounts(one: ReplayCounts, other: ReplayCounts): ReplayCounts {
  return {
    reused: one.reused + other.reused,
    served: one.served + other.served,
    stubbed: one.stubbed + other.stubbed,
    heldBack: one.heldBack + other.heldBack,
    wouldCall: one.wouldCall + other.wouldCall,
    sent: one.sent + other.sent,
    modelCalls: one.modelCalls + other.modelCalls,
  };
}

import type { ProviderBatch } from '@heddle/core';
import type { ProviderWaits } from './provider-batch.service.js';

/** Runs that wait for batches of providers at once, of one experiment or batch: each is in memory, and its run is not. */
const mostWaiting = 5_000;

/** How many runs of an experiment or batch may go on at a time. */
export interface WaitingSlots {
  count(): Promise<number>;
  /** What the calls that wait cost at most: a budget must have it left. */
  held(): Promise<number>;
  /** Ends the calls of `onWaiting`. */
  stop(): void;
}

/**
 * Slots for runs. A run that waits for a batch of a provider takes none: otherwise a batch would hold as few calls as there are slots.
 * `onWaiting` is called when another run begins to wait.
 */
export function waitingSlots(
  waits: ProviderWaits,
  {
    owner,
    concurrency,
    providerBatch = 'off',
  }: { readonly owner: string; readonly concurrency: number; readonly providerBatch?: ProviderBatch | undefined },
  onWaiting: () => void,
): WaitingSlots {
  if (providerBatch === 'off')
    return { count: () => Promise.resolve(concurrency), held: () => Promise.resolve(0), stop: () => undefined };
  return {
    count: async () => concurrency + Math.min(mostWaiting, await waits.runsOf(owner)),
    held: () => waits.heldOf(owner),
    stop: waits.onWaiting(owner, onWaiting),
  };
}

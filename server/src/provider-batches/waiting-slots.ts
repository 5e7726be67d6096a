import type { ProviderBatch } from '@heddle/core';
import type { ProviderWaits } from './provider-batch.service.js';

/**
 * How many runs of one experiment or batch may wait for batches of providers at once. Each takes some memory, although its run is
 * suspended.
 */
const mostWaiting = 5_000;

/** How many runs of an experiment or batch may be in progress. */
export interface WaitingSlots {
  count(): Promise<number>;
  /** The highest possible cost of the calls that wait. The budget must have this much left. */
  reservedCost(): Promise<number>;
  /** Stops calling `onWaiting`. */
  stop(): void;
}

/**
 * Counts the slots for runs. A run that waits for a batch of a provider takes no slot; otherwise a batch could contain only as many calls
 * as there are slots. `onWaiting` is called when another run begins to wait.
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
    return { count: () => Promise.resolve(concurrency), reservedCost: () => Promise.resolve(0), stop: () => undefined };
  return {
    count: async () => concurrency + Math.min(mostWaiting, await waits.runsOf(owner)),
    reservedCost: () => waits.reservedCostOf(owner),
    stop: waits.onWaiting(owner, onWaiting),
  };
}

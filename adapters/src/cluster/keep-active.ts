import { steadySource } from '@heddle/core';
import { keepRounds, type KeepRoundsOptions, type KeptRounds } from './keep-rounds.js';

/** A part of the server that works by itself in one process, such as what sends webhooks. */
export interface ActivePart {
  /** Starts to work, or checks at once for new work where it works already. */
  check(): void;
  /** Begins nothing more. */
  rest(): Promise<void>;
}

/**
 * Lets a part work in one of the processes that keep it: the holder of a lease, by the clock of the database. It looks for work in each round, since
 * other processes make work for it. A process that cannot renew its lease rests before another one may have it.
 *
 * @example const kept = keepActive('webhooks', { leases, holder: boot, clock }, sender);
 */
export function keepActive(name: string, options: KeepRoundsOptions, part: ActivePart): KeptRounds {
  const { clock, everyMs = 1_000, onFault } = options;
  const time = steadySource(clock);
  let cancel: (() => void) | undefined;
  let isActive = false;
  const rest = async (): Promise<void> => {
    cancel?.();
    if (!isActive) return;
    isActive = false;
    await part.rest();
  };
  const kept = keepRounds(name, options, () => {
    isActive = true;
    part.check();
    // The lease lasts five rounds from a moment before now.
    cancel?.();
    cancel = time.at(time.now() + 4 * everyMs, () => {
      rest().catch((error: unknown) => onFault?.(error));
    });
    return Promise.resolve();
  });
  return {
    isHolder: () => kept.isHolder(),
    async stop() {
      await rest();
      await kept.stop();
    },
  };
}

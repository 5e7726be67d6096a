import type { HeldPart, KeptRounds } from '@heddle/adapters/leases';
import { createHoldPart } from '../common/hold-part.js';
import type { HeddleParts } from './parts.js';

/** Background parts. Each works in only one of the processes that share a database. */
export interface HeldParts {
  /**
   * Starts a part in this process, now or once no other process holds it. `checkMs` is the shortest time between two checks for work of
   * other processes.
   */
  start(name: string, part: HeldPart, checkMs?: number): void;
  /** Stops a part that was started here, so that another process can hold it. */
  stop(name: string): Promise<void>;
}

/** @example const held = createHeldParts(parts); held.start('retention', sweeper); */
export function createHeldParts(parts: Pick<HeddleParts, 'leases' | 'clock' | 'log'>): HeldParts {
  const hold = createHoldPart(parts);
  const kept = new Map<string, KeptRounds>();
  return {
    start: (name, part, checkMs) => void kept.set(name, hold(name, part, checkMs)),
    async stop(name) {
      await kept.get(name)?.stop();
      kept.delete(name);
    },
  };
}

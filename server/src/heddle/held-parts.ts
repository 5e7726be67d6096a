import type { HeldPart, KeptRounds } from '@heddle/adapters/leases';
import { createHoldPart } from '../common/hold-part.js';
import type { HeddleParts } from './parts.js';

/** Parts that work by themselves, each in one of the processes that share a database. */
export interface HeldParts {
  /** Starts a part here, or once no other process has it. `checkMs`: the least time between two checks for work of other processes. */
  start(name: string, part: HeldPart, checkMs?: number): void;
  /** Stops a part here, where it was started, and lets another process have it. */
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

import type { LeasedPart, LeasedRounds } from '@heddle/adapters/leases';
import { createPartRunner } from '../common/part-runner.js';
import type { HeddleParts } from './parts.js';

/** Background parts. Each works in only one of the processes that share a database. */
export interface LeasedParts {
  /**
   * Starts a part in this process, now or once no other process holds it. `checkMs` is the shortest time between two checks for work of
   * other processes.
   */
  start(name: string, part: LeasedPart, checkMs?: number): void;
  /** Stops a part that was started here, so that another process can hold it. */
  stop(name: string): Promise<void>;
}

/** @example const held = createLeasedParts(parts); held.start('retention', sweeper); */
export function createLeasedParts(parts: Pick<HeddleParts, 'leases' | 'clock' | 'log'>): LeasedParts {
  const hold = createPartRunner(parts);
  const kept = new Map<string, LeasedRounds>();
  return {
    start: (name, part, checkMs) => void kept.set(name, hold(name, part, checkMs)),
    async stop(name) {
      await kept.get(name)?.stop();
      kept.delete(name);
    },
  };
}

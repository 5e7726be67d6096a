import { whileLeased, type LeasedPart, type LeasedRounds } from '@heddle/adapters/leases';
import type { Clock, Leases } from '@heddle/core';
import type { Log } from './log.js';

/** Makes a part of the server work in only one of the processes that share its database (see `whileLeased`). */
type PartRunner = (name: string, part: LeasedPart, checkMs?: number) => LeasedRounds;

/** @example const hold = createPartRunner(parts); const kept = hold('webhooks', sender); */
export const createPartRunner =
  ({ leases, clock, log }: { readonly leases: Leases; readonly clock: Clock; readonly log: Log }): PartRunner =>
  (name, part, checkMs) =>
    whileLeased(name, { leases, clock, checkMs, onFault: (err) => warn(log, name, err) }, part);

const warn = (log: Log, part: string, err: unknown): void =>
  log.warn({ part, err }, 'the lease of a part of the server could not be kept; it is tried again');

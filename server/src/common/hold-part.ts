import { whileHeld, type HeldPart, type KeptRounds } from '@heddle/adapters/leases';
import type { Clock, Leases } from '@heddle/core';
import type { Log } from './log.js';

/** Makes a part of the server work in only one of the processes that share its database (see `whileHeld`). */
type HoldPart = (name: string, part: HeldPart, checkMs?: number) => KeptRounds;

/** @example const hold = createHoldPart(parts); const kept = hold('webhooks', sender); */
export const createHoldPart =
  ({ leases, clock, log }: { readonly leases: Leases; readonly clock: Clock; readonly log: Log }): HoldPart =>
  (name, part, checkMs) =>
    whileHeld(name, { leases, clock, checkMs, onFault: (err) => warn(log, name, err) }, part);

const warn = (log: Log, part: string, err: unknown): void =>
  log.warn({ part, err }, 'the lease of a part of the server could not be kept; it is tried again');

import { randomUUID } from 'node:crypto';
import { steadySource, type Clock, type Lease, type Leases } from '@heddle/core';

/** What keeping rounds needs. */
export interface KeepRoundsOptions {
  readonly leases: Leases;
  /** Names this process among those that could make the rounds, such as its boot. Default: a name of its own. */
  readonly holder?: string | undefined;
  readonly clock: Clock;
  /** Milliseconds between rounds. Default 1,000. The right to make them ends after five of them. */
  readonly everyMs?: number | undefined;
  /** A round that failed; the next one is made all the same. */
  readonly onFault?: ((error: unknown) => void) | undefined;
  /** Another process has the right now, or this one has lost it. */
  readonly onLost?: (() => void) | undefined;
}

/** A process that makes rounds, or waits until it does. */
export interface KeptRounds {
  /** Whether this process made the last round. */
  isHolder(): boolean;
  /** Lets another process make the rounds at once. */
  stop(): Promise<void>;
}

/**
 * Makes a round again and again in one of the processes that keep it: the holder of a lease. A round receives the lease, and the time of the steady
 * clock from which the lease lasts five rounds.
 *
 * @example const kept = keepRounds('sealer', { leases, holder: boot, clock }, () => sealAudit(database));
 */
export function keepRounds(
  name: string,
  { leases, holder = randomUUID(), clock, everyMs = 1_000, onFault, onLost }: KeepRoundsOptions,
  work: (lease: Lease, since: number) => Promise<unknown>,
): KeptRounds {
  const time = steadySource(clock);
  const leaseMs = 5 * everyMs;
  let lease: Lease | undefined;
  let isStopped = false;
  let cancel: (() => void) | undefined;
  let round = Promise.resolve();

  async function makeRound(): Promise<void> {
    try {
      const since = time.now();
      if (lease !== undefined && !(await leases.renew(lease, leaseMs))) {
        lease = undefined;
        onLost?.();
      }
      lease ??= await leases.acquire(name, holder, leaseMs);
      if (lease !== undefined) await work(lease, since);
    } catch (error) {
      onFault?.(error);
    }
    if (!isStopped) next();
  }

  function next(): void {
    cancel = time.at(time.now() + everyMs, () => {
      round = makeRound();
    });
  }

  round = makeRound();
  return {
    isHolder: () => lease !== undefined,
    async stop() {
      isStopped = true;
      cancel?.();
      await round;
      if (lease !== undefined) await leases.release(lease).catch(() => undefined); // it ends by itself
      lease = undefined;
    },
  };
}

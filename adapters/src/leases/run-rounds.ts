import { randomUUID } from 'node:crypto';
import { steadySource, type Clock, type Lease, type Leases } from '@heddle/core';

export interface RoundsOptions {
  readonly leases: Leases;
  /** Identifies this process among those that share the lease, for example its boot id. Default: a random id. */
  readonly holder?: string | undefined;
  readonly clock: Clock;
  /** Milliseconds between rounds. Default 1,000. The lease lasts five times as long. */
  readonly everyMs?: number | undefined;
  /** Called when a round fails. The next round follows all the same. */
  readonly onFault?: ((error: unknown) => void) | undefined;
  /** Called when this process has lost the lease. */
  readonly onLost?: (() => void) | undefined;
}

/** A process that runs the rounds, or waits for the lease. */
export interface LeasedRounds {
  /** Whether this process holds the lease and runs the rounds. */
  isHolder(): boolean;
  /** Stops the rounds and releases the lease, so that another process can continue at once. */
  stop(): Promise<void>;
}

/**
 * Runs a round at intervals in one of the processes that share a lease: its holder. A round gets the lease, and the time of the steady
 * clock from which the lease lasts five intervals.
 *
 * @example const kept = runRounds('sealer', { leases, holder: boot, clock }, () => sealAudit(database));
 */
export function runRounds(
  name: string,
  { leases, holder = randomUUID(), clock, everyMs = 1_000, onFault, onLost }: RoundsOptions,
  work: (lease: Lease, since: number) => Promise<unknown>,
): LeasedRounds {
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
      if (lease !== undefined) await leases.release(lease).catch(() => undefined); // The lease expires by itself.
      lease = undefined;
    },
  };
}

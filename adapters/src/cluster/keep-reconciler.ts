import { steadySource, type Clock, type Lease, type Leases } from '@heddle/core';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { reconcile, type Reconciled, type ReconcileOptions } from './reconcile.js';

/** What keeping a reconciler needs. */
export interface KeepReconcilerOptions extends Pick<ReconcileOptions, 'hintMs' | 'times'> {
  readonly database: PostgresDatabase;
  readonly leases: Leases;
  /** Names this process among those that could be the reconciler, such as its boot. */
  readonly holder: string;
  readonly clock: Clock;
  /** Milliseconds between rounds. Default 1,000. The right to make them ends after five of them. */
  readonly everyMs?: number;
  /** Acts on what a round found: sends the hints, carries out commands of runs without an owner. */
  readonly onRound: (found: Reconciled) => Promise<void>;
  /** A round that failed; the next one is made all the same. */
  readonly onFault?: (error: unknown) => void;
}

/** A process that is the reconciler, or waits until it is. */
export interface KeptReconciler {
  /** Whether this process made the last round. */
  isHolder(): boolean;
  /** Lets another process be the reconciler at once. */
  stop(): Promise<void>;
}

/**
 * Makes a round every second in one of the processes that keep a reconciler.
 *
 * @example const kept = keepReconciler({ database, leases, holder: boot, clock, onRound: ({ hints }) => dispatch.send(hints) });
 */
export function keepReconciler(options: KeepReconcilerOptions): KeptReconciler {
  const { database, leases, holder, clock, everyMs = 1_000, onRound, onFault } = options;
  const time = steadySource(clock);
  const leaseMs = 5 * everyMs;
  let lease: Lease | undefined;
  let isStopped = false;
  let cancel: (() => void) | undefined;
  let round = Promise.resolve();

  async function makeRound(): Promise<void> {
    try {
      if (lease !== undefined && !(await leases.renew(lease, leaseMs))) lease = undefined;
      lease ??= await leases.acquire('reconciler', holder, leaseMs);
      if (lease !== undefined) await onRound(await reconcile(database, options));
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

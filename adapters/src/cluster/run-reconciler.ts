import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { runRounds, type RoundsOptions, type LeasedRounds } from '../leases/run-rounds.js';
import { reconcile, type Reconciled, type ReconcileOptions } from './reconcile.js';

interface KeepReconcilerOptions extends Pick<ReconcileOptions, 'hintMs' | 'times'>, RoundsOptions {
  readonly database: PostgresDatabase;
  /** Handles the result of a round: sends the hints, and carries out commands to runs without an owner. */
  readonly onRound: (found: Reconciled) => Promise<void>;
}

/** A process that runs the reconciler, or waits until it may. */
export type KeptReconciler = LeasedRounds;

/**
 * Runs a reconcile round every second, in only one of the processes that call this.
 *
 * @example const kept = keepReconciler({ database, leases, holder: boot, clock, onRound: ({ hints }) => dispatch.send(hints) });
 */
export function keepReconciler(options: KeepReconcilerOptions): KeptReconciler {
  const { database, onRound } = options;
  return runRounds('reconciler', options, async () => onRound(await reconcile(database, options)));
}

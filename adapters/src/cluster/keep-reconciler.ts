import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { keepRounds, type KeepRoundsOptions, type KeptRounds } from '../leases/keep-rounds.js';
import { reconcile, type Reconciled, type ReconcileOptions } from './reconcile.js';

interface KeepReconcilerOptions extends Pick<ReconcileOptions, 'hintMs' | 'times'>, KeepRoundsOptions {
  readonly database: PostgresDatabase;
  /** Handles the result of a round: sends the hints, and carries out commands to runs without an owner. */
  readonly onRound: (found: Reconciled) => Promise<void>;
}

/** A process that runs the reconciler, or waits until it may. */
export type KeptReconciler = KeptRounds;

/**
 * Runs a reconcile round every second, in only one of the processes that call this.
 *
 * @example const kept = keepReconciler({ database, leases, holder: boot, clock, onRound: ({ hints }) => dispatch.send(hints) });
 */
export function keepReconciler(options: KeepReconcilerOptions): KeptReconciler {
  const { database, onRound } = options;
  return keepRounds('reconciler', options, async () => onRound(await reconcile(database, options)));
}

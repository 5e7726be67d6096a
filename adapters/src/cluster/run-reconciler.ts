import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { runRounds, type RoundsOptions, type LeasedRounds } from '../leases/run-rounds.js';
import { reconcile, type Reconciled, type ReconcileOptions } from './reconcile.js';

interface ReconcilerOptions extends Pick<ReconcileOptions, 'hintMs' | 'times'>, RoundsOptions {
  readonly database: PostgresDatabase;
  /** Handles the result of a round: sends the hints, and carries out commands to runs without an owner. */
  readonly onRound: (found: Reconciled) => Promise<void>;
}

/**
 * Runs a reconcile round every second, in only one of the processes that call this.
 *
 * @example const kept = runReconciler({ database, leases, holder: boot, clock, onRound: ({ hints }) => dispatch.send(hints) });
 */
export function runReconciler(options: ReconcilerOptions): LeasedRounds {
  const { database, onRound } = options;
  return runRounds('reconciler', options, async () => onRound(await reconcile(database, options)));
}

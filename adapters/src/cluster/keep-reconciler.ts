import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { keepRounds, type KeepRoundsOptions, type KeptRounds } from '../leases/keep-rounds.js';
import { reconcile, type Reconciled, type ReconcileOptions } from './reconcile.js';

/** What keeping a reconciler needs. */
interface KeepReconcilerOptions extends Pick<ReconcileOptions, 'hintMs' | 'times'>, KeepRoundsOptions {
  readonly database: PostgresDatabase;
  /** Acts on what a round found: sends the hints, carries out commands of runs without an owner. */
  readonly onRound: (found: Reconciled) => Promise<void>;
}

/** A process that is the reconciler, or waits until it is. */
export type KeptReconciler = KeptRounds;

/**
 * Makes a round every second in one of the processes that keep a reconciler.
 *
 * @example const kept = keepReconciler({ database, leases, holder: boot, clock, onRound: ({ hints }) => dispatch.send(hints) });
 */
export function keepReconciler(options: KeepReconcilerOptions): KeptReconciler {
  const { database, onRound } = options;
  return keepRounds('reconciler', options, async () => onRound(await reconcile(database, options)));
}

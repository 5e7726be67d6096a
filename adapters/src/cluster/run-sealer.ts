import { sealAudit } from '../audit/seal-audit.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { runRounds, type RoundsOptions, type LeasedRounds } from '../leases/run-rounds.js';

interface SealerOptions extends RoundsOptions {
  readonly database: PostgresDatabase;
}

/**
 * Seals audit entries every second, in only one of the processes that call this.
 *
 * @example const kept = runSealer({ database, leases, holder: boot, clock });
 */
export const runSealer = (options: SealerOptions): LeasedRounds =>
  runRounds('audit sealer', options, () => sealAudit(options.database));

import { sealAudit } from '../audit/seal-audit.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { runRounds, type RoundsOptions, type LeasedRounds } from '../leases/run-rounds.js';

interface KeepSealerOptions extends RoundsOptions {
  readonly database: PostgresDatabase;
}

/**
 * Seals audit entries every second, in only one of the processes that call this.
 *
 * @example const kept = keepSealer({ database, leases, holder: boot, clock });
 */
export const keepSealer = (options: KeepSealerOptions): LeasedRounds =>
  runRounds('audit sealer', options, () => sealAudit(options.database));

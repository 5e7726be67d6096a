import { sealAudit } from '../audit/seal-audit.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { keepRounds, type KeepRoundsOptions, type KeptRounds } from '../leases/keep-rounds.js';

interface KeepSealerOptions extends KeepRoundsOptions {
  readonly database: PostgresDatabase;
}

/**
 * Seals audit entries every second, in only one of the processes that call this.
 *
 * @example const kept = keepSealer({ database, leases, holder: boot, clock });
 */
export const keepSealer = (options: KeepSealerOptions): KeptRounds =>
  keepRounds('audit sealer', options, () => sealAudit(options.database));

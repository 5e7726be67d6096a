import { sealAudit } from '../audit/seal-audit.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { keepRounds, type KeepRoundsOptions, type KeptRounds } from '../leases/keep-rounds.js';

/** What keeping a sealer needs. */
interface KeepSealerOptions extends KeepRoundsOptions {
  readonly database: PostgresDatabase;
}

/**
 * Seals audit entries every second in one of the processes that keep a sealer.
 *
 * @example const kept = keepSealer({ database, leases, holder: boot, clock });
 */
export const keepSealer = (options: KeepSealerOptions): KeptRounds =>
  keepRounds('audit sealer', options, () => sealAudit(options.database));

import {
  HeddleError,
  steadySource,
  type Clock,
  type GraphClaim,
  type GuardedWrite,
  type StatementValues,
  type Tables,
} from '@heddle/core';
import { randomUUID } from 'node:crypto';
import { isDone } from '../../sql/is-done.js';

/** Options for processes that share a database. */
export interface GraphClaimOptions {
  readonly clock: Clock;
  /** A process that does not renew a claim for this many milliseconds loses it. */
  readonly leaseMs: number;
  /** Identifies this process. Default: a random id. */
  readonly holder?: string;
}

const ofDocument = 'collection = @collection AND document = @document';
const ofHolder = `${ofDocument} AND holder = @holder`;

const sql = {
  claim: `INSERT INTO graph_claims (collection, document, holder, until) VALUES (@collection, @document, @holder, @until)
    ON CONFLICT (collection, document) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE graph_claims.holder = excluded.holder OR graph_claims.until <= @now`,
  renew: `UPDATE graph_claims SET until = @until WHERE ${ofHolder}`,
  release: `DELETE FROM graph_claims WHERE ${ofHolder}`,
};

/**
 * A time after the end of every claim. If no other process uses the database, all other claims are left over from processes that have
 * ended.
 */
const over = Number.MAX_SAFE_INTEGER;

/** The claims of this process to documents. */
interface GraphClaims {
  claim(collection: string, document: string): Promise<GraphClaim | undefined>;
  /** A write that fails with `conflict` if this process has no claim to the document. */
  needed(collection: string, document: string): GuardedWrite;
}

/** Stores claims as rows. Without options, no other process may use the database, and claims of earlier processes count as free. */
export function createGraphClaims(tables: Pick<Tables, 'note'>, options?: GraphClaimOptions): GraphClaims {
  const { holder = randomUUID(), clock, leaseMs } = options ?? {};
  const until = (): number => (clock === undefined ? 0 : clock.now() + (leaseMs ?? 0));
  const renewal = (collection: string, document: string): GuardedWrite => ({
    sql: sql.renew,
    values: { collection, document, holder, until: until() },
    rows: 1,
    otherwise: () => lostClaim(collection, document),
  });
  return {
    needed: renewal,
    async claim(collection, document) {
      const values: StatementValues = { collection, document, holder, until: until(), now: clock?.now() ?? over };
      if (!(await isDone(tables.note([{ sql: sql.claim, values, rows: 1 }])))) return undefined;
      const lost = new AbortController();
      const stop =
        options === undefined
          ? undefined
          : keepRenewing(options, () => tables.note([renewal(collection, document)]), lost);
      return {
        lost: lost.signal,
        async release() {
          stop?.();
          await tables.note([{ sql: sql.release, values: { collection, document, holder } }]);
        },
      };
    },
  };
}

/**
 * Renews a claim three times per lease. Aborts `lost` when another process has taken the claim, or when no renewal has succeeded for a
 * whole lease.
 */
function keepRenewing(
  { clock, leaseMs }: GraphClaimOptions,
  renew: () => Promise<void>,
  lost: AbortController,
): () => void {
  const time = steadySource(clock);
  let renewedAt = time.now();
  let isStopped = false;
  let cancel: (() => void) | undefined;
  const next = (): void => {
    if (!isStopped && !lost.signal.aborted) cancel = time.at(time.now() + leaseMs / 3, () => void round());
  };
  const round = async (): Promise<void> => {
    const began = time.now();
    // The database may work again before the claim ends, so its faults are ignored here.
    const isKept = await isDone(renew()).catch(() => undefined);
    if (isKept === true) renewedAt = began;
    else if (isKept === false || time.now() - renewedAt > leaseMs)
      lost.abort(new HeddleError('conflict', 'The claim was lost.'));
    next();
  };
  next();
  return () => {
    isStopped = true;
    cancel?.();
  };
}

const lostClaim = (collection: string, document: string): HeddleError =>
  new HeddleError(
    'conflict',
    `Another process reads '${document}' for the knowledge graph of '${collection}', or the document was deleted: the results of this one are discarded.`,
    { details: { collection, document } },
  );

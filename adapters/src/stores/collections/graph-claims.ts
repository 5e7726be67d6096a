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

/** How processes that share a database claim documents. */
export interface GraphClaimOptions {
  readonly clock: Clock;
  /** Milliseconds after which a process that does not renew a claim loses it. */
  readonly leaseMs: number;
  /** Names this process. Default: a name of its own. */
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

/** Where no other process works on the database, all other holders are gone, and each claim of theirs is over. */
const over = Number.MAX_SAFE_INTEGER;

/** Claims of one process. */
interface GraphClaims {
  claim(collection: string, document: string): Promise<GraphClaim | undefined>;
  /** A write that fails with `conflict` where this process has no claim to a document. */
  needed(collection: string, document: string): GuardedWrite;
}

/** Claims as rows. Without options, no other process works on the database, and what an earlier one claimed is free. */
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

/** Renews a claim three times in its life. Aborts `lost` once another process has it, or nothing was renewed for its whole life. */
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
    // A fault of the database may pass before the claim ends.
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
    `Another process reads '${document}' for the knowledge graph of '${collection}', or the document was deleted: what this one found is left out.`,
    { details: { collection, document } },
  );

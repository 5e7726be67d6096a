import {
  HeddleError,
  type Clock,
  type GuardedWrite,
  type IdempotencyKeys,
  type IdempotentRun,
  type RunIdempotency,
  type Tables,
} from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';

const keptMs = 24 * 3_600_000;

const forgetEveryMs = 60_000;

/** Idempotency keys, with the projection that stores them in the commits of runs. */
export interface StoredIdempotencyKeys extends IdempotencyKeys {
  readonly projection: RunProjection;
}

/**
 * Stores the idempotency keys of requests. A key is written in the commit that accepts its run. So two requests with the same key never
 * become two runs, even if processes crash: the second is refused with `idempotency_conflict`.
 *
 * @example createPostgresJournal(database, { blobs, clock, projections: [createIdempotencyKeys(tables, clock).projection] })
 */
export function createIdempotencyKeys(tables: Tables, clock: Pick<Clock, 'now'>): StoredIdempotencyKeys {
  const oldest = (): number => clock.now() - keptMs;
  let forgotAt: number | undefined;
  const forgetting = (): readonly GuardedWrite[] => {
    const now = clock.now();
    // `Math.abs` covers a clock that was set back in the meantime.
    if (forgotAt !== undefined && Math.abs(now - forgotAt) < forgetEveryMs) return [];
    forgotAt = now;
    return [{ sql: 'DELETE FROM idempotency_keys WHERE used_at <= @oldest', values: { oldest: oldest() } }];
  };

  return {
    async find(scope, key) {
      const known = await tables.get<IdempotentRun>(findSql, { scope, key, oldest: oldest() });
      if (known !== undefined) await tables.flushed();
      return known;
    },
    projection: {
      types: [],
      admit: ({ idempotency }) => (idempotency === undefined ? [] : [requireFree(idempotency, oldest())]),
      accept: ({ idempotency, runId }) =>
        idempotency === undefined ? [] : [...forgetting(), take(idempotency, runId, clock.now())],
    },
  };
}

const findSql = `SELECT run_id AS "runId", request_hash AS "requestHash" FROM idempotency_keys
  WHERE scope = @scope AND key = @key AND used_at > @oldest`;

const requireFree = ({ scope, key }: RunIdempotency, oldest: number): GuardedWrite => ({
  sql: 'SELECT 1 FROM idempotency_keys WHERE scope = @scope AND key = @key AND used_at > @oldest',
  values: { scope, key, oldest },
  rows: 0,
  otherwise: () => usedBefore(key),
});

/** A new key replaces an expired row with the same key, so no delete is needed first. */
const take = ({ scope, key, requestHash }: RunIdempotency, run: string, now: number): GuardedWrite => ({
  sql: `INSERT INTO idempotency_keys (scope, key, request_hash, run_id, used_at) VALUES (@scope, @key, @hash, @run, @now)
    ON CONFLICT (scope, key) DO UPDATE SET request_hash = excluded.request_hash, run_id = excluded.run_id, used_at = excluded.used_at
    WHERE idempotency_keys.used_at <= @oldest`,
  values: { scope, key, hash: requestHash, run, now, oldest: now - keptMs },
  rows: 1,
  otherwise: () => usedBefore(key),
});

const usedBefore = (key: string): HeddleError =>
  new HeddleError('idempotency_conflict', `The idempotency key '${key}' was used before.`, { details: { key } });

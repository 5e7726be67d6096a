import { randomUUID } from 'node:crypto';
import { workerTimes, type Claimant, type RunClaim, type RunClaims, type WorkerTimes } from '@heddle/core';
import { cleanText } from '../postgres/clean-text.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { claimNextSql, claimSql } from './claim-sql.js';

interface ClaimRow {
  readonly runId: string;
  readonly epoch: number;
  readonly lastSeq: number;
  readonly class: string;
  readonly waitedMs: number | null;
}

const claimOf = ({ waitedMs, ...claim }: ClaimRow): RunClaim => (waitedMs === null ? claim : { ...claim, waitedMs });

/**
 * Claims runs in Postgres. Each request has an id that is stored with the run, so that a repeated request whose first reply was lost finds
 * its own claim.
 *
 * @example const claim = await createRunClaims(database).claim('run-1', { boot, capabilities: [] });
 */
export function createRunClaims(database: PostgresDatabase, { deadMs }: WorkerTimes = workerTimes): RunClaims {
  const { schema } = database;
  const claim = claimSql(schema);
  const claimNext = claimNextSql(schema);
  return {
    async claim(runId, { boot, capabilities }: Claimant): Promise<RunClaim | undefined> {
      const values = [cleanText(runId), boot, randomUUID(), [...capabilities], deadMs];
      const [row] = await database.run<ClaimRow>({ name: 'heddle-claim', sql: claim, values });
      return row && claimOf(row);
    },
    async claimNext(claimant, limit, readyMs = 0): Promise<readonly RunClaim[]> {
      if (limit <= 0) return [];
      const values = [claimant.boot, randomUUID(), [...claimant.capabilities], deadMs, limit, readyMs];
      return (await database.run<ClaimRow>({ name: 'heddle-claim-next', sql: claimNext, values })).map(claimOf);
    },
    async release({ runId, epoch }): Promise<boolean> {
      const rows = await database.run({
        name: 'heddle-release',
        sql: `UPDATE ${schema}.runs SET owner = NULL, ready_at = clock_timestamp(), hinted_at = NULL
          WHERE id = $1 AND epoch = $2 AND owner IS NOT NULL RETURNING 1`,
        values: [cleanText(runId), epoch],
      });
      return rows.length > 0;
    },
  };
}

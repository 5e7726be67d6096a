import { HeddleError } from '@heddle/core';
import type { AuditRow } from '../audit/audit-chain.js';
import { verifyChain, type BadRecord } from '../audit/verify-chain.js';
import type { Query } from '../postgres/query.js';

/** Verifies the audit chain in Postgres. Undefined if it is intact. */
export const verifyPostgresChain = (query: Query): Promise<BadRecord | undefined> =>
  verifyChain(
    (after, limit) => query<AuditRow>('SELECT * FROM audit WHERE number > $1 ORDER BY number LIMIT $2', [after, limit]),
    undefined,
  );

/** Requires that the chains of both sides have the same fault or none. Errors: `move_differs`. */
export function refuseOtherChain(one: BadRecord | undefined, other: BadRecord | undefined): void {
  if (one?.number === other?.number && one?.reason === other?.reason) return;
  throw new HeddleError(
    'move_differs',
    `The audit chain is not the same on both sides: look at record ${other?.number ?? one?.number}.`,
    { details: { tables: ['audit'] } },
  );
}

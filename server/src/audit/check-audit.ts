import type { SqliteAudit } from '@heddle/adapters/audit';
import type { AuditCheck } from '@heddle/core';

/** Checks that the chain is whole up to its end at the start of the check. */
export async function checkAudit(audit: Pick<SqliteAudit, 'head' | 'verify'>): Promise<AuditCheck> {
  const { number, hash } = audit.head();
  const bad = await audit.verify();
  return { isWhole: bad === undefined, records: number, head: hash, bad };
}

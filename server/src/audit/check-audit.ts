import type { SqliteAudit } from '@heddle/adapters/audit';
import type { AuditCheck } from '@heddle/core';

/** Whether the chain is whole, with its end as it was when the check began. */
export async function checkAudit(audit: Pick<SqliteAudit, 'head' | 'verify'>): Promise<AuditCheck> {
  const { number, hash } = audit.head();
  const bad = await audit.verify();
  return { isWhole: bad === undefined, records: number, head: hash, ...(bad === undefined ? {} : { bad }) };
}

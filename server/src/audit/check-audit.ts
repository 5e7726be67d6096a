import type { HeddleAudit } from '@heddle/adapters/audit';
import type { AuditCheck } from '@heddle/core';

/** Checks that the chain is whole, up to the entry that was last when the check started. */
export async function checkAudit(audit: Pick<HeddleAudit, 'head' | 'verify'>): Promise<AuditCheck> {
  const { number, hash } = await audit.head();
  const bad = await audit.verify();
  return { isWhole: bad === undefined, records: number, head: hash, bad };
}

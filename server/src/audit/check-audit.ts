import type { HeddleAudit } from '@heddle/adapters/audit';
import type { AuditCheck } from '@heddle/core';

/** Checks that the chain is whole up to its end at the start of the check. */
export async function checkAudit(audit: Pick<HeddleAudit, 'head' | 'verify'>): Promise<AuditCheck> {
  const { number, hash } = await audit.head();
  const bad = await audit.verify();
  return { isWhole: bad === undefined, records: number, head: hash, bad };
}

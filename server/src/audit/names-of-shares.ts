import type { StoredChannel } from '@heddle/adapters/channels';
import { ShareConfig, type AuditRecord } from '@heddle/core';

const prefix = 'share:';

/** The names of shares, by the principal ids in audit events. A removed share has no name. */
export async function namesOfShares(
  records: readonly Pick<AuditRecord, 'who'>[],
  find: (id: string) => Promise<StoredChannel | undefined>,
): Promise<Record<string, string>> {
  const acted = new Set(records.map(({ who }) => who).filter((who) => who.startsWith(prefix)));
  const names: Record<string, string> = {};
  for (const who of acted) {
    const share = ShareConfig.safeParse((await find(who.slice(prefix.length)))?.body);
    if (share.success) names[who] = share.data.name;
  }
  return names;
}

import type { StoredChannel } from '@heddle/adapters/channels';
import { ShareConfig, type AuditRecord } from '@heddle/core';

const prefix = 'share:';

/** The names of shares by the principal id in audit events. A removed share has no name. */
export function namesOfShares(
  records: readonly Pick<AuditRecord, 'who'>[],
  find: (id: string) => StoredChannel | undefined,
): Record<string, string> {
  const acted = new Set(records.map(({ who }) => who).filter((who) => who.startsWith(prefix)));
  return Object.fromEntries(
    [...acted].flatMap((who) => {
      const share = ShareConfig.safeParse(find(who.slice(prefix.length))?.body);
      return share.success ? [[who, share.data.name]] : [];
    }),
  );
}

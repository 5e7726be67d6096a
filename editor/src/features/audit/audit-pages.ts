import type { AuditRecord } from '@heddle/core';
import { client } from '../../data/api/client.js';
import type { PageSource } from '../../data/queries/use-pages.js';
import { withNewer, type AuditFilter } from './audit-filter.js';

const pageSize = 100;

interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** Names of the share pages that occur as actors, by id. */
  readonly names: Readonly<Record<string, string>>;
  readonly next?: string | undefined;
}

/** Loads the audit log, newest first. A reload adds new events before the loaded ones. */
export const auditPages: PageSource<AuditFilter, AuditPage> = {
  read: async (filter, before, signal) => {
    const { records, names = {} } = await client.GET('/api/audit', {
      params: { query: { ...filter, limit: pageSize, before: before === undefined ? undefined : Number(before) } },
      signal,
    });
    const last = records.length === pageSize ? records.at(-1) : undefined;
    return { records, names, next: last === undefined ? undefined : String(last.number) };
  },
  join: (before, older) => ({
    records: [...before.records, ...older.records],
    names: { ...before.names, ...older.names },
    next: older.next,
  }),
  renew: (before, newest) => {
    const records = withNewer(before.records, newest.records);
    return {
      records,
      names: { ...before.names, ...newest.names },
      next: records === newest.records ? newest.next : before.next,
    };
  },
};

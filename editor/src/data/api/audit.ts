import { AuditCheck, AuditReply, KillSwitchReply, KillSwitchesReply, type AuditEventKind } from '@heddle/core';
import { fetchJson } from '../http/http.js';

/** The filter of the audit log; times in epoch milliseconds. */
export interface AuditFilter {
  readonly act?: AuditEventKind | undefined;
  readonly who?: string | undefined;
  readonly project?: string | undefined;
  readonly subject?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const queryOf = (filter: AuditFilter, more: Readonly<Record<string, string>> = {}): string => {
  const given = Object.entries(filter).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return new URLSearchParams([...given, ...Object.entries(more)]).toString();
};
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
const stopAt = (target: string): string => `/api/kill-switches/${encodeURIComponent(target)}`;

export const auditPageSize = 100;

/** The audit log and kill switches. Errors of every call: ApiError. */
export const audit = {
  /** Newest first; `before` is the number of an event, for the next page. */
  list: async (filter: AuditFilter, before?: number, signal?: AbortSignal) =>
    fetchJson(
      AuditReply,
      `/api/audit?${queryOf(filter, { limit: String(auditPageSize), ...(before === undefined ? {} : { before: String(before) }) })}`,
      withSignal(signal),
    ),
  verify: () => fetchJson(AuditCheck, '/api/audit/verify'),
  /** The URL of a download, which is an audit event itself. */
  exportAddress: (filter: AuditFilter, format: 'jsonl' | 'csv'): string =>
    `/api/audit/export?${queryOf(filter, { format })}`,

  killSwitches: async (signal?: AbortSignal) =>
    (await fetchJson(KillSwitchesReply, '/api/kill-switches', withSignal(signal))).killSwitches,
  stop: (target: string, reason: string) =>
    fetchJson(KillSwitchReply, stopAt(target), { method: 'PUT', body: { reason } }),
  release: (target: string) => fetchJson(KillSwitchReply, stopAt(target), { method: 'DELETE' }),
};

import type { AuditRecord } from '@heddle/core';
import { useEffect, useState } from 'react';
import { audit, auditPageSize, type AuditFilter } from '../../api/audit.js';
import { toApiError, type ApiError } from '../../api/http.js';
import { withNewer } from './audit-filter.js';

const tailMs = 3000;

export interface AuditRecords {
  readonly records: readonly AuditRecord[] | undefined;
  /** Names of shares that acted, by their id. */
  readonly names: Readonly<Record<string, string>>;
  readonly hasMore: boolean;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly more: () => void;
  readonly again: () => void;
}

interface State {
  readonly filter: AuditFilter | undefined;
  readonly records: readonly AuditRecord[];
  readonly names: Readonly<Record<string, string>>;
  readonly hasMore: boolean;
}

/** The audit record, narrowed; with `isTailed`, what is new comes by itself. `filter` must keep its identity. */
export function useAudit(filter: AuditFilter, isTailed: boolean): AuditRecords {
  const [state, setState] = useState<State>({
    filter: undefined,
    records: [],
    names: {},
    hasMore: false,
  });
  const [error, setError] = useState<ApiError>();
  const [isLoading, setLoading] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      try {
        const { records: newest, names } = await audit.list(filter, undefined, controller.signal);
        setError(undefined);
        setState((before) =>
          before.filter === filter
            ? { ...before, records: withNewer(before.records, newest), names: { ...before.names, ...names } }
            : { filter, records: newest, names: names ?? {}, hasMore: newest.length === auditPageSize },
        );
      } catch (reason) {
        if (!controller.signal.aborted) setError(toApiError(reason));
      }
    };
    void read();
    const timer = isTailed
      ? setInterval(() => (document.visibilityState === 'visible' ? void read() : undefined), tailMs)
      : undefined;
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [filter, isTailed, attempt]);
  const isRead = state.filter === filter;
  const more = (): void => {
    const last = state.records.at(-1)?.number;
    if (last === undefined || !isRead) return;
    setLoading(true);
    audit
      .list(filter, last)
      .then(
        ({ records: older, names }) =>
          setState((before) =>
            before.filter === filter
              ? {
                  ...before,
                  records: [...before.records, ...older],
                  names: { ...before.names, ...names },
                  hasMore: older.length === auditPageSize,
                }
              : before,
          ),
        (reason: unknown) => setError(toApiError(reason)),
      )
      .finally(() => setLoading(false));
  };
  return {
    records: isRead ? state.records : undefined,
    names: state.names,
    hasMore: isRead && state.hasMore,
    error,
    isLoading,
    more,
    again: () => setAttempt((before) => before + 1),
  };
}

import { ListedRun, type RunSummary } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { z } from 'zod';
import { toApiError, type ApiError } from '../../api/http.js';
import { runApi, type RunFilter } from '../../run/run-api.js';
import { useSession } from '../../session.js';
import { mergeChanged } from './run-filter.js';

const States = z.array(ListedRun);
const pageSize = 50;

export interface RunsState {
  readonly runs: readonly RunSummary[] | undefined;
  readonly error: ApiError | undefined;
  /** There are older ones to ask for. */
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly more: () => void;
  readonly again: () => void;
  /** Takes runs that were deleted out of what is shown. */
  readonly drop: (runIds: readonly string[]) => void;
}

interface Page {
  readonly of: RunFilter;
  readonly runs: readonly RunSummary[];
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/** The runs that fit a filter, page by page, with what changes in them as it changes. `filter` must keep its identity. */
export function useRuns(filter: RunFilter): RunsState {
  const { live } = useSession();
  const [page, setPage] = useState<Page>();
  const [error, setError] = useState<ApiError>();
  const [isLoading, setLoading] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const drop = useCallback(
    (runIds: readonly string[]) =>
      setPage((before) =>
        before === undefined ? before : { ...before, runs: before.runs.filter(({ runId }) => !runIds.includes(runId)) },
      ),
    [],
  );
  const again = useCallback(() => setAttempt((before) => before + 1), []);

  useEffect(() => {
    const controller = new AbortController();
    runApi.list({ ...filter, limit: pageSize }, controller.signal).then(
      ({ runs, next }) => {
        setError(undefined);
        setPage({ of: filter, runs, next });
      },
      (thrown: unknown) => {
        if (!controller.signal.aborted) setError(toApiError(thrown));
      },
    );
    return () => controller.abort();
  }, [filter, attempt]);
  useEffect(() => live.onConnection((isConnected) => (isConnected ? again() : undefined)), [live, again]);
  useEffect(
    () =>
      live.watchTopic('runs', {
        onEvents: (states) => {
          const changed = States.safeParse(states);
          if (changed.success)
            setPage((before) =>
              before === undefined
                ? before
                : { ...before, runs: mergeChanged(before.runs, changed.data, before.of, before.next === undefined) },
            );
        },
      }),
    [live],
  );

  const more = useCallback(() => {
    if (page?.next === undefined || isLoading) return;
    setLoading(true);
    runApi
      .list({ ...page.of, before: page.next, limit: pageSize })
      .then(
        ({ runs, next }) =>
          setPage((before) =>
            before?.of === page.of
              ? { ...before, runs: mergeChanged(before.runs, runs, before.of, true), next }
              : before,
          ),
        (thrown: unknown) => setError(toApiError(thrown)),
      )
      .finally(() => setLoading(false));
  }, [page, isLoading]);

  return {
    runs: page?.of === filter ? page.runs : undefined,
    error,
    hasMore: page?.next !== undefined,
    isLoading,
    more,
    again,
    drop,
  };
}

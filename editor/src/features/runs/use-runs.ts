import { ListedRun, type FeedbackTotals, type RunSummary } from '@heddle/core';
import { useCallback, useEffect } from 'react';
import { z } from 'zod';
import { client } from '../../data/api/client.js';
import { useLive } from '../../data/live/live-context.js';
import { usePages, type Pages, type PageSource } from '../../data/queries/use-pages.js';
import { mergeChanged, runQuery, type RunFilter } from './run-filter.js';
import type { Standstills } from './use-standstills.js';

const States = z.array(ListedRun);
const pageSize = 50;

interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly next?: string | undefined;
  /** Feedback by run id. */
  readonly feedback?: Readonly<Record<string, FeedbackTotals>> | undefined;
  /** Why runs cannot continue, by run id. Undefined if only one process uses the database. */
  readonly waiting?: Standstills | undefined;
}

const runPages: PageSource<RunFilter, RunPage> = {
  read: (filter, before, signal) =>
    client.GET('/api/runs', { params: { query: { ...runQuery(filter), limit: pageSize, before } }, signal }),
  join: (before, { runs, next, feedback, waiting }, filter) => ({
    runs: mergeChanged(before.runs, runs, filter, true),
    next,
    feedback: { ...before.feedback, ...feedback },
    waiting: waiting && { ...before.waiting, ...waiting },
  }),
};

interface RunsState extends Pages<RunFilter, RunPage> {
  /** Removes deleted runs from the list. */
  readonly drop: (runIds: readonly string[]) => void;
}

/** The runs that match a filter, page by page, live. `filter` must be the same object while it does not change. */
export function useRuns(filter: RunFilter): RunsState {
  const live = useLive();
  const pages = usePages(runPages, filter);
  const { change } = pages;
  useEffect(
    () =>
      live.watchTopic('runs', {
        onEvents: (states) => {
          const { data } = States.safeParse(states);
          if (data !== undefined)
            change((page, of) => ({
              ...page,
              runs: mergeChanged(page.runs, data, of, page.next === undefined),
            }));
        },
      }),
    [live, change],
  );
  const drop = useCallback(
    (runIds: readonly string[]) =>
      change((page) => ({ ...page, runs: page.runs.filter(({ runId }) => !runIds.includes(runId)) })),
    [change],
  );
  return { ...pages, drop };
}

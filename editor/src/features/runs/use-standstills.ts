import type { ErrorValue, RunSummary } from '@heddle/core';
import { useEffect, useState } from 'react';
import { client } from '../../data/api/client.js';

/** Why runs do not go on, by run. */
export type Standstills = Readonly<Record<string, ErrorValue>>;

/** A process may come at any time, and says nothing to those who watch. */
const againMs = 5_000;
/** Runs that are asked for again. */
const mostRuns = 200;

/** Whether a run could be without a process. */
const mayWait = ({ status }: RunSummary): boolean => status === 'queued' || status === 'running';

/**
 * Why no process can go on with runs of a list. They are asked for again while runs of the list may wait; where one process has all runs, `first` is
 * undefined and nothing is asked.
 */
export function useStandstills(runs: readonly RunSummary[] | undefined, first: Standstills | undefined): Standstills {
  const [now, setNow] = useState<Standstills>();
  const isAsking = first !== undefined && runs?.some(mayWait) === true;
  useEffect(() => {
    if (!isAsking) return;
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return;
      client
        .GET('/api/runs', { params: { query: { status: 'queued,running', limit: mostRuns } }, signal })
        .then(({ waiting = {} }) => setNow(waiting))
        // The next time tells.
        .catch(() => undefined);
    }, againMs);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [isAsking]);
  return now ?? first ?? none;
}

const none: Standstills = {};

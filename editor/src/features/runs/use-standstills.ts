import type { ErrorValue, RunSummary } from '@heddle/core';
import { useEffect, useState } from 'react';
import { client } from '../../data/api/client.js';

/** Why runs cannot continue, by run id. */
export type Standstills = Readonly<Record<string, ErrorValue>>;

/** How often to ask again, because a process can join at any time and the page gets no event about it. */
const againMs = 5_000;
/** The most runs in one request. */
const mostRuns = 200;

/** Whether a run in this status could lack a process. */
const mayWait = ({ status }: RunSummary): boolean => status === 'queued' || status === 'running';

/**
 * Why no process can continue runs of a list. Asks again while runs of the list may wait. `first` is undefined if only one process uses the
 * database; then nothing is asked.
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
        // Errors are ignored, because the next request follows soon.
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

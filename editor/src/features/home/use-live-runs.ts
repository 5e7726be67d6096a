import { ListedRun, type RunSummary } from '@heddle/core';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { useLive } from '../../data/live/live-context.js';

const States = z.array(ListedRun);
const mostRuns = 50;

/** The newest runs, live, newest first; undefined until the server's first message. */
export function useLiveRuns(): readonly RunSummary[] | undefined {
  const live = useLive();
  const [runs, setRuns] = useState<readonly RunSummary[]>();
  useEffect(() => {
    // The first message after each connection contains the whole list, so runs that were deleted meanwhile disappear.
    let isWhole = true;
    const endConnection = live.onConnection(() => (isWhole = true));
    const endWatch = live.watchTopic('runs', {
      onEvents: (states) => {
        const parsed = States.safeParse(states);
        if (!parsed.success) return;
        const known = isWhole ? () => [] : (before: readonly RunSummary[] | undefined) => before ?? [];
        isWhole = false;
        setRuns((before) => mergeRuns(known(before), parsed.data));
      },
    });
    return () => {
      endConnection();
      endWatch();
    };
  }, [live]);
  return runs;
}

/** Merges changed runs into the earlier list and removes deleted ones; newest run first. */
export function mergeRuns(before: readonly RunSummary[], changed: readonly ListedRun[]): readonly RunSummary[] {
  const byId = new Map(before.map((run) => [run.runId, run]));
  for (const run of changed)
    if ('isDeleted' in run) byId.delete(run.runId);
    else byId.set(run.runId, run);
  return [...byId.values()].sort((a, b) => b.acceptedAt - a.acceptedAt).slice(0, mostRuns);
}

import { ListedRun, type RunSummary } from '@heddle/core';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { useSession } from '../../session.js';

const States = z.array(ListedRun);
const mostRuns = 50;

/** Runs as they come and change, newest first; undefined until the first word of the server. */
export function useLiveRuns(): readonly RunSummary[] | undefined {
  const { live } = useSession();
  const [runs, setRuns] = useState<readonly RunSummary[]>();
  useEffect(() => {
    // The first word after each connection is the whole list: what was deleted meanwhile is not in it.
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

/** Newer states over older ones without what was deleted, newest run first. */
export function mergeRuns(before: readonly RunSummary[], changed: readonly ListedRun[]): readonly RunSummary[] {
  const byId = new Map(before.map((run) => [run.runId, run]));
  for (const run of changed)
    if ('isDeleted' in run) byId.delete(run.runId);
    else byId.set(run.runId, run);
  return [...byId.values()].sort((a, b) => b.acceptedAt - a.acceptedAt).slice(0, mostRuns);
}

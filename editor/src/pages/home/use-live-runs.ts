import { RunSummary } from '@heddle/core';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { useSession } from '../../session.js';

const Runs = z.array(RunSummary);
const mostRuns = 50;

/** Runs as they come and change, newest first; undefined until the first word of the server. */
export function useLiveRuns(): readonly RunSummary[] | undefined {
  const { live } = useSession();
  const [runs, setRuns] = useState<readonly RunSummary[]>();
  useEffect(
    () =>
      live.watchTopic('runs', {
        onEvents: (states) => {
          const parsed = Runs.safeParse(states);
          if (parsed.success) setRuns((before) => mergeRuns(before ?? [], parsed.data));
        },
      }),
    [live],
  );
  return runs;
}

/** Newer states over older ones, newest run first. */
export function mergeRuns(before: readonly RunSummary[], changed: readonly RunSummary[]): readonly RunSummary[] {
  const byId = new Map(before.map((run) => [run.runId, run]));
  for (const run of changed) byId.set(run.runId, run);
  return [...byId.values()].sort((a, b) => b.acceptedAt - a.acceptedAt).slice(0, mostRuns);
}

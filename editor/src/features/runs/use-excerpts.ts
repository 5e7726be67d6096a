import type { RunSummary, RunExcerpt } from '@heddle/core';
import { useEffect, useRef, useState } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';

/** The most runs in one request. */
const mostAtOnce = 50;

const keyOf = ({ runId, status }: RunSummary): string => `${runId} ${status}`;

/**
 * The beginnings of questions and answers by run. A run is requested again when its status changes. Excerpts are optional: users who may
 * not read values see none, nor does anyone after an error.
 */
export function useExcerpts(runs: readonly RunSummary[] | undefined): ReadonlyMap<string, RunExcerpt> {
  const mayRead = useKnownMay('run:values') === true;
  const [excerpts, setExcerpts] = useState<ReadonlyMap<string, RunExcerpt>>(new Map());
  const asked = useRef(new Set<string>());
  useEffect(() => {
    if (!mayRead || runs === undefined) return;
    const missing = runs.filter((run) => !asked.current.has(keyOf(run)));
    for (const run of missing) asked.current.add(keyOf(run));
    for (let start = 0; start < missing.length; start += mostAtOnce) {
      const part = missing.slice(start, start + mostAtOnce);
      client
        .GET('/api/run-excerpts', { params: { query: { runs: part.map(({ runId }) => runId).join(',') } } })
        .then((reply) => {
          const found = Object.entries(reply.excerpts);
          setExcerpts((before) => new Map([...before, ...found]));
        })
        // The next change of the list requests these runs again.
        .catch(() => part.forEach((run) => asked.current.delete(keyOf(run))));
    }
  }, [runs, mayRead]);
  return excerpts;
}

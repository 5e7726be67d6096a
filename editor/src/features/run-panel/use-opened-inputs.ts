import type { LabelledValue } from '@heddle/core';
import { useEffect, useState } from 'react';
import { useSession } from '../session/index.js';
import { client } from '../../data/api/client.js';

/** The inputs of a run that was opened by its address; undefined if this page started the run. */
export function useOpenedInputs(runId: string | undefined): Readonly<Record<string, LabelledValue>> | undefined {
  const { runs } = useSession();
  const [opened, setOpened] = useState<{
    readonly runId: string;
    readonly inputs: Readonly<Record<string, LabelledValue>>;
  }>();
  useEffect(() => {
    if (runId === undefined || runs.isOwn(runId)) return undefined;
    const controller = new AbortController();
    client.GET('/api/runs/{id}/document', { params: { path: { id: runId } }, signal: controller.signal }).then(
      ({ inputs }) => setOpened({ runId, inputs }),
      // The form keeps its values; the run shows the error itself.
      () => undefined,
    );
    return () => controller.abort();
  }, [runId, runs]);
  return opened?.inputs;
}

import type { LabelledValue } from '@heddle/core';
import { useEffect, useState } from 'react';
import { useSession } from '../session.js';
import { runApi } from '../run/run-api.js';

/** The inputs of a run that was opened by its address rather than begun from this form; undefined where there is none. */
export function useOpenedInputs(runId: string | undefined): Readonly<Record<string, LabelledValue>> | undefined {
  const { runs } = useSession();
  const [opened, setOpened] = useState<{
    readonly runId: string;
    readonly inputs: Readonly<Record<string, LabelledValue>>;
  }>();
  useEffect(() => {
    if (runId === undefined || runs.isOwn(runId)) return undefined;
    const controller = new AbortController();
    runApi.accepted(runId, controller.signal).then(
      ({ inputs }) => setOpened({ runId, inputs }),
      // The form keeps what it has: the run itself says what is wrong.
      () => undefined,
    );
    return () => controller.abort();
  }, [runId, runs]);
  return opened?.inputs;
}

import type { GateReport } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { client } from '../../../data/api/client.js';
import type { ApiError } from '../../../data/http/http.js';
import { useAction } from '../../../data/queries/use-action.js';

const everyMs = 1_500;

/** The gate of the open draft. */
export interface OpenGate {
  /** Undefined where no rule is for the workflow. */
  readonly report: GateReport | undefined;
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  /** Starts what has no result, and the named rules again. It goes on when the dialog is closed. */
  readonly run: (again?: readonly string[]) => void;
  readonly again: () => void;
}

/** The report of the check, followed while something of it runs. */
export function useGate(id: string, checked: GateReport | undefined): OpenGate {
  const [followed, setFollowed] = useState<GateReport>();
  const action = useAction();
  const params = { path: { id } };
  // A report of another draft is older than the check.
  const report = followed?.hash === checked?.hash ? (followed ?? checked) : checked;
  const again = useCallback(() => {
    void client
      .GET('/api/workflows/{id}/gate', { params: { path: { id } } })
      .then(setFollowed)
      // The next time, or the publishing, says what is wrong.
      .catch(() => undefined);
  }, [id]);
  const isRunning = report?.rules.some(({ state }) => state === 'running') === true;
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(again, everyMs);
    return () => clearInterval(timer);
  }, [isRunning, again]);
  return {
    report: report?.rules.length === 0 ? undefined : report,
    isBusy: action.isBusy,
    error: action.error,
    again,
    run: (rules = []) =>
      action.run(async () =>
        setFollowed(await client.POST('/api/workflows/{id}/gate/run', { params, body: { again: [...rules] } })),
      ),
  };
}

import type { GateReport } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { client } from '../../../data/api/client.js';
import type { ApiError } from '../../../data/http/http.js';
import { useAction } from '../../../data/queries/use-action.js';

const everyMs = 1_500;

/** The gate of the open draft. */
export interface OpenGate {
  /** Undefined if the workflow has no rules. */
  readonly report: GateReport | undefined;
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  /** Runs the rules that have no result, and the given rules again. They continue after the dialog is closed. */
  readonly run: (again?: readonly string[]) => void;
  readonly again: () => void;
}

/** The gate report of a check. It is read again while rules run. */
export function useGate(id: string, checked: GateReport | undefined): OpenGate {
  const [followed, setFollowed] = useState<GateReport>();
  const action = useAction();
  const params = { path: { id } };
  // A report with another hash is about an older draft than the check.
  const report = followed?.hash === checked?.hash ? (followed ?? checked) : checked;
  const again = useCallback(() => {
    void client
      .GET('/api/workflows/{id}/gate', { params: { path: { id } } })
      .then(setFollowed)
      // An error here is not shown: the next reading or the publishing reports it.
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

import { useCallback, useState } from 'react';
import { toApiError, type ApiError } from '../api/http.js';

/** One thing that a person set going: whether it runs, and how it failed. */
export interface Action {
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  readonly run: (work: () => Promise<void>) => void;
}

/** Runs one thing at a time, and keeps its failure to be shown. */
export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = useCallback((work: () => Promise<void>): void => {
    setBusy(true);
    setError(undefined);
    work()
      .catch((reason: unknown) => setError(toApiError(reason)))
      .finally(() => setBusy(false));
  }, []);
  return { isBusy, error, run };
}

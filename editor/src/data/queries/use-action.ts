import { useCallback, useState } from 'react';
import { toApiError, type ApiError } from '../http/http.js';

/** The state of a user action: whether it is running, and its error. */
export interface Action {
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  readonly run: (work: () => Promise<unknown>) => void;
}

/** Runs one action at a time and stores its error for display. */
export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = useCallback((work: () => Promise<unknown>): void => {
    setBusy(true);
    setError(undefined);
    work()
      .catch((reason: unknown) => setError(toApiError(reason)))
      .finally(() => setBusy(false));
  }, []);
  return { isBusy, error, run };
}

import { useCallback, useEffect, useState } from 'react';
import { toApiError, type ApiError } from '../http/http.js';
import { useLive } from '../live/live-context.js';

export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly error: ApiError | undefined;
  readonly again: () => void;
}

/** Loads data from the server and reloads it after a reconnect. `load` must keep its identity. */
export function useLoaded<Value>(load: (signal: AbortSignal) => Promise<Value>): Loaded<Value> {
  const live = useLive();
  const [state, setState] = useState<{ readonly value?: Value; readonly error?: ApiError }>({});
  const [attempt, setAttempt] = useState(0);
  const again = useCallback(() => setAttempt((before) => before + 1), []);
  useEffect(() => {
    const controller = new AbortController();
    load(controller.signal).then(
      (value) => {
        if (!controller.signal.aborted) setState({ value });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setState((before) => ({ ...before, error: toApiError(error) }));
      },
    );
    return () => controller.abort();
  }, [load, attempt]);
  useEffect(() => live.onConnection((isConnected) => (isConnected ? again() : undefined)), [live, again]);
  return { value: state.value, error: state.error, again };
}

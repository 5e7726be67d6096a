import type { ShownRequest } from '@heddle/core';
import { useEffect, useState } from 'react';
import { client } from '../../data/api/client.js';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { useLive } from '../../data/live/live-context.js';

interface RequestsState {
  readonly requests: readonly ShownRequest[] | undefined;
  readonly error: ApiError | undefined;
}

/** The open human input requests, loaded again whenever a run changes. */
export function useRequests(): RequestsState {
  const live = useLive();
  const [state, setState] = useState<RequestsState>({ requests: undefined, error: undefined });
  useEffect(() => {
    const controller = new AbortController();
    let isReading = false;
    let isStale = false;
    const read = (): void => {
      // Only one request runs at a time. A change that arrives meanwhile is loaded afterwards.
      if (isReading) {
        isStale = true;
        return;
      }
      isReading = true;
      isStale = false;
      client
        .GET('/api/human-inputs', { signal: controller.signal })
        .then(
          ({ requests }) => setState({ requests, error: undefined }),
          (error: unknown) => {
            if (!controller.signal.aborted) setState((before) => ({ ...before, error: toApiError(error) }));
          },
        )
        .finally(() => {
          isReading = false;
          if (isStale && !controller.signal.aborted) read();
        });
    };
    read();
    const endWatch = live.watchTopic('runs', { onEvents: read });
    const endConnection = live.onConnection((isConnected) => (isConnected ? read() : undefined));
    return () => {
      controller.abort();
      endWatch();
      endConnection();
    };
  }, [live]);
  return state;
}

import type { StoredConversation } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { conversations as api, type ConversationFilter } from '../../api/conversations.js';
import { toApiError, type ApiError } from '../../api/http.js';

export interface ConversationList {
  readonly conversations: readonly StoredConversation[] | undefined;
  /** What subjects are called. */
  readonly names: Readonly<Record<string, string>>;
  readonly error: ApiError | undefined;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly more: () => void;
  readonly again: () => void;
}

interface Page {
  readonly of: ConversationFilter;
  readonly conversations: readonly StoredConversation[];
  readonly names: Readonly<Record<string, string>>;
  readonly next: string | undefined;
}

/** The conversations that fit a filter, page by page. `filter` must keep its identity. */
export function useConversations(filter: ConversationFilter): ConversationList {
  const [page, setPage] = useState<Page>();
  const [error, setError] = useState<ApiError>();
  const [isLoading, setLoading] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const again = useCallback(() => setAttempt((before) => before + 1), []);
  useEffect(() => {
    const controller = new AbortController();
    api.list(filter, undefined, controller.signal).then(
      ({ conversations, names, next }) => {
        setError(undefined);
        setPage({ of: filter, conversations, names, next });
      },
      (reason: unknown) => {
        if (!controller.signal.aborted) setError(toApiError(reason));
      },
    );
    return () => controller.abort();
  }, [filter, attempt]);
  const shown = page?.of === filter ? page : undefined;
  const more = (): void => {
    if (shown?.next === undefined) return;
    setLoading(true);
    api
      .list(filter, shown.next)
      .then(
        ({ conversations, names, next }) =>
          setPage((before) =>
            before?.of === filter
              ? {
                  of: filter,
                  conversations: [...before.conversations, ...conversations],
                  names: { ...before.names, ...names },
                  next,
                }
              : before,
          ),
        (reason: unknown) => setError(toApiError(reason)),
      )
      .finally(() => setLoading(false));
  };
  return {
    conversations: shown?.conversations,
    names: shown?.names ?? {},
    error,
    hasMore: shown?.next !== undefined,
    isLoading,
    more,
    again,
  };
}

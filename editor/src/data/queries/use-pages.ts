import { useCallback, useEffect, useState } from 'react';
import { toApiError, type ApiError } from '../http/http.js';
import { useLive } from '../live/live-context.js';

/** A page of a long list, newest first. `next` is the cursor of the next page; the last page has none. */
interface ListPage {
  readonly next?: string | undefined;
}

export interface Pages<Filter, Page> {
  /** All loaded items of the requested list; undefined until the first page is loaded. */
  readonly value: Page | undefined;
  readonly error: ApiError | undefined;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly more: () => void;
  readonly again: () => void;
  /** Changes the loaded items of a filter, for example on a live update. */
  readonly change: (changed: (page: Page, filter: Filter) => Page) => void;
}

/** How to load and combine pages of a list. The object must keep its identity. */
export interface PageSource<Filter, Page> {
  readonly read: (filter: Filter, after: string | undefined, signal?: AbortSignal) => Promise<Page>;
  /** Appends one more page to the loaded items. */
  readonly join: (before: Page, further: Page, filter: Filter) => Page;
  /** Combines the loaded items with a reloaded first page. If there is a gap, the list starts again with that page. */
  readonly renew?: (before: Page, newest: Page) => Page;
}

/** Loads a list page by page. It starts again when the filter changes and after a reconnect. `filter` must keep its identity. */
export function usePages<Filter, Page extends ListPage>(
  source: PageSource<Filter, Page>,
  filter: Filter,
): Pages<Filter, Page> {
  const live = useLive();
  const [state, setState] = useState<{ readonly of: Filter; readonly page: Page }>();
  const [error, setError] = useState<ApiError>();
  const [isLoading, setLoading] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const again = useCallback(() => setAttempt((before) => before + 1), []);
  const change = useCallback(
    (changed: (page: Page, of: Filter) => Page) =>
      setState((before) => (before === undefined ? before : { ...before, page: changed(before.page, before.of) })),
    [],
  );
  useEffect(() => {
    const controller = new AbortController();
    const { read, renew } = source;
    read(filter, undefined, controller.signal).then(
      (newest) => {
        if (controller.signal.aborted) return;
        setError(undefined);
        setState((before) => ({
          of: filter,
          page: before?.of === filter && renew !== undefined ? renew(before.page, newest) : newest,
        }));
      },
      (reason: unknown) => {
        if (!controller.signal.aborted) setError(toApiError(reason));
      },
    );
    return () => controller.abort();
  }, [source, filter, attempt]);
  useEffect(() => live.onConnection((isConnected) => (isConnected ? again() : undefined)), [live, again]);
  const value = state?.of === filter ? state.page : undefined;
  const next = value?.next;
  const more = useCallback(() => {
    if (next === undefined) return;
    setLoading(true);
    source
      .read(filter, next)
      .then(
        (page) =>
          setState((before) =>
            before?.of === filter ? { of: filter, page: source.join(before.page, page, filter) } : before,
          ),
        (reason: unknown) => setError(toApiError(reason)),
      )
      .finally(() => setLoading(false));
  }, [source, filter, next]);
  return { value, error, hasMore: next !== undefined, isLoading, more, again, change };
}

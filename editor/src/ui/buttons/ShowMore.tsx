import type { ReactElement } from 'react';

/** Loads the next page of a long list, while there is one. */
export function ShowMore({
  pages: { hasMore, isLoading, more },
  what,
}: {
  readonly pages: { readonly hasMore: boolean; readonly isLoading: boolean; readonly more: () => void };
  /** The name of the items, such as `runs`. */
  readonly what: string;
}): ReactElement | null {
  if (!hasMore) return null;
  return (
    <button type="button" className="button show-more" disabled={isLoading} onClick={more}>
      {isLoading ? 'Loading…' : `Show older ${what}`}
    </button>
  );
}

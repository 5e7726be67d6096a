import type { ReactElement } from 'react';

/** A button that loads the next page of a list. Hidden if there is none. */
export function ShowMore({
  pages: { hasMore, isLoading, more },
  what,
}: {
  readonly pages: { readonly hasMore: boolean; readonly isLoading: boolean; readonly more: () => void };
  /** What the list contains, such as `runs`. */
  readonly what: string;
}): ReactElement | null {
  if (!hasMore) return null;
  return (
    <button type="button" className="button show-more" disabled={isLoading} onClick={more}>
      {isLoading ? 'Loading…' : `Show older ${what}`}
    </button>
  );
}

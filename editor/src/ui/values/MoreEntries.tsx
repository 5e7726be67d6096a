import type { ReactElement } from 'react';

/** Says how many entries of a list are shown, with a button for more. */
export function MoreEntries({
  shown,
  all,
  what,
  onMore,
}: {
  readonly shown: number;
  readonly all: number;
  readonly what: string;
  readonly onMore: () => void;
}): ReactElement | null {
  if (shown >= all) return null;
  return (
    <p className="aligned-wrapped gap-8 small-text quiet">
      {shown.toLocaleString()} of {all.toLocaleString()} {what}.{' '}
      <button type="button" className="button button-small" onClick={onMore}>
        Show more
      </button>
    </p>
  );
}

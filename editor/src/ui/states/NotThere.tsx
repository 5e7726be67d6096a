import type { ReactElement } from 'react';
import type { ApiError } from '../../data/http/http.js';
import { NotOpened } from './NotOpened.js';

/** Shown while a workflow loads, or if it cannot be shown. */
export function NotThere({
  error,
  again,
  what,
}: {
  readonly error: ApiError | undefined;
  readonly again: () => void;
  readonly what: string;
}): ReactElement {
  if (error !== undefined) return <NotOpened error={error} again={again} />;
  return (
    <main className="center">
      <p className="quiet">{what}</p>
    </main>
  );
}

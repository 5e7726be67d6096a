import type { ReactElement } from 'react';
import type { ApiError } from '../../api/http.js';
import { Notice } from '../../frame/Notice.js';
import { Link } from '../Link.js';

/** A page whose workflow is on its way, or cannot be shown. */
export function NotThere({
  error,
  again,
  what,
}: {
  readonly error: ApiError | undefined;
  readonly again: () => void;
  readonly what: string;
}): ReactElement {
  return (
    <main className="center">
      {error === undefined ? (
        <p className="quiet">{what}</p>
      ) : (
        <div className="not-opened">
          <Notice error={error} action={{ name: 'Try again', run: again }} />
          <Link href="/" className="button">
            Go home
          </Link>
        </div>
      )}
    </main>
  );
}

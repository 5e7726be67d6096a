import type { ReactElement } from 'react';
import { Link } from '../navigation/Link.js';

/** Shown at an address that belongs to no page. */
export function PageNotFound({ path }: { readonly path: string }): ReactElement {
  return (
    <main className="center">
      <div className="empty">
        <h1>Page not found</h1>
        <p>No page exists at {path}.</p>
        <Link href="/" className="button">
          Go to home
        </Link>
      </div>
    </main>
  );
}

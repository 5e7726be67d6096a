import { errorCodes, isErrorCode } from '@heddle/core';
import type { ReactElement } from 'react';
import type { ApiError } from '../../data/http/http.js';
import { Notice } from './Notice.js';
import { Link } from '../navigation/Link.js';

/** Shown when an item cannot be opened: the reason, and links to go on. An item that does not exist is not requested again. */
export function NotOpened({
  error,
  again,
  back = { href: '/', name: 'Go to home' },
}: {
  readonly error: ApiError;
  readonly again: () => void;
  /** The list that the item belongs to. */
  readonly back?: { readonly href: string; readonly name: string };
}): ReactElement {
  const { code } = error;
  const isGone = isErrorCode(code) && code.endsWith('_not_found');
  return (
    <main className="center">
      <div className={isGone ? 'empty' : 'not-opened'}>
        {isGone ? (
          <>
            <h1>{errorCodes[code].title}</h1>
            <p className="quiet">
              It was deleted, the address is wrong, or it belongs to a project that you are not a member of.
            </p>
          </>
        ) : (
          <Notice error={error} action={{ name: 'Retry', run: again }} />
        )}
        <Link href={back.href} className="button">
          {back.name}
        </Link>
      </div>
    </main>
  );
}

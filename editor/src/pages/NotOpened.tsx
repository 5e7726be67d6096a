import { errorCodes, isErrorCode } from '@heddle/core';
import type { ReactElement } from 'react';
import type { ApiError } from '../api/http.js';
import { Notice } from '../frame/Notice.js';
import { Link } from './Link.js';

/** Something that cannot be shown: why, and the ways on. What is not there is not asked for again. */
export function NotOpened({
  error,
  again,
  back = { href: '/', name: 'Go home' },
}: {
  readonly error: ApiError;
  readonly again: () => void;
  /** Where others of its kind are. */
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
              It was deleted, the address is not right, or it belongs to a project that you are not in.
            </p>
          </>
        ) : (
          <Notice error={error} action={{ name: 'Try again', run: again }} />
        )}
        <Link href={back.href} className="button">
          {back.name}
        </Link>
      </div>
    </main>
  );
}

import { errorCodes, isErrorCode } from '@heddle/core';
import type { ReactElement } from 'react';
import type { ApiError } from '../api/http.js';

/** A request that failed: what happened, the next step, and a button where there is one. */
export function Notice({
  error,
  titles = {},
  action,
}: {
  readonly error: ApiError;
  /** What happened, by the code of the error, where this place has better words for it. */
  readonly titles?: Readonly<Record<string, string>>;
  readonly action?: { readonly name: string; run(): void };
}): ReactElement {
  const title =
    titles[error.code] ??
    (isErrorCode(error.code)
      ? errorCodes[error.code].title
      : error.isUnreachable
        ? 'No connection to Heddle'
        : 'That did not work');
  return (
    <div className="failure" role="alert">
      <p className="failure-title">{title}</p>
      <p>{error.message}</p>
      {action === undefined ? null : (
        <button type="button" className="button" onClick={() => action.run()}>
          {action.name}
        </button>
      )}
    </div>
  );
}

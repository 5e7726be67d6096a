import { errorCodes, isErrorCode } from '@heddle/core';
import type { ReactElement } from 'react';
import type { ApiError } from '../../data/http/http.js';

/** Explains a failed request: what happened, the next step, and a button if there is one. */
export function Notice({
  error,
  titles = {},
  action,
}: {
  readonly error: ApiError;
  /** More specific messages, by error code. */
  readonly titles?: Readonly<Record<string, string>>;
  readonly action?: { readonly name: string; run(): void };
}): ReactElement {
  const title =
    titles[error.code] ??
    (isErrorCode(error.code)
      ? errorCodes[error.code].title
      : error.isUnreachable
        ? 'No connection to Heddle'
        : 'Something went wrong');
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

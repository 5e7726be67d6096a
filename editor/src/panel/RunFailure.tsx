import { errorCodes, isErrorCode, type ErrorValue } from '@heddle/core';
import type { ReactElement } from 'react';

/** What failed, where, and what to do: the code's title, the message with its way out, the node. */
export function RunFailure({ error }: { readonly error: ErrorValue | undefined }): ReactElement {
  if (error === undefined) return <p className="failure">The run failed and left no reason.</p>;
  const title = isErrorCode(error.code) ? errorCodes[error.code].title : 'The run failed';
  return (
    <div className="failure" role="alert">
      <p className="failure-title">{title}</p>
      <p>{error.message}</p>
      <p className="quiet">
        {error.path === undefined ? '' : `At ${error.path}. `}
        <span className="mono">{error.code}</span>
        {error.retryable ? ' · trying again may help' : ''}
      </p>
    </div>
  );
}

import { errorCodes, isErrorCode } from '@heddle/core';
import type { ReactElement } from 'react';

/** Why a connection test failed, and what to do. */
export function NotReached({
  test: { code, message },
  advice,
}: {
  readonly test: { readonly code?: string | undefined; readonly message?: string | undefined };
  readonly advice: string;
}): ReactElement {
  return (
    <div className="test-result" data-failed>
      <p>
        <strong>{code !== undefined && isErrorCode(code) ? errorCodes[code].title : 'No answer'}</strong>
      </p>
      <p>{message ?? advice}</p>
    </div>
  );
}

import type { LivePointer } from '@heddle/core';
import type { ReactElement } from 'react';

/** Beside the version that is live: which other one some of the callers get. */
export function CanaryWords({ canary }: { readonly canary: LivePointer['canary'] }): ReactElement | null {
  if (canary === undefined) return null;
  return (
    <span className="quiet">
      {' '}
      · {Math.round(canary.share * 100)}% try version {canary.version}
    </span>
  );
}

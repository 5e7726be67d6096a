import type { LivePointer } from '@heddle/core';
import type { ReactElement } from 'react';

/** The canary, shown beside the live version. */
export function CanaryText({ canary }: { readonly canary: LivePointer['canary'] }): ReactElement | null {
  if (canary === undefined) return null;
  return (
    <span className="quiet">
      {' '}
      · {Math.round(canary.share * 100)}% get version {canary.version}
    </span>
  );
}

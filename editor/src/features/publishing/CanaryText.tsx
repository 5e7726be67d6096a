import { shareOf, versionsInUse, type LivePointer } from '@heddle/core';
import type { ReactElement } from 'react';

/** The versions of a canary or an A/B test, shown beside the live version. */
export function CanaryText({ live }: { readonly live: LivePointer | undefined }): ReactElement | null {
  if (live?.test === undefined) return null;
  const others = versionsInUse(live).filter((version) => version !== live.version);
  if (others.length === 0) return null;
  const share = others.reduce((sum, version) => sum + shareOf(live, version), 0);
  return (
    <span className="quiet">
      {' '}
      · {Math.round(share * 100)}% get version {others.join(' or ')}
    </span>
  );
}

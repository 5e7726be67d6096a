import type { PinnedReference } from '@heddle/core';
import type { ReactElement } from 'react';

/** What a version refers to, each by the hash of its content. */
export function References({ references }: { readonly references: readonly PinnedReference[] }): ReactElement | null {
  if (references.length === 0) return null;
  return (
    <details className="publish-more">
      <summary>
        {references.length === 1 ? '1 thing' : `${references.length} things`} it refers to, by the hash of their content
      </summary>
      <ul className="references">
        {references.map(({ kind, id, hash }) => (
          <li key={`${kind} ${id}`}>
            <span className="quiet">{kind}</span> <span>{id}</span>{' '}
            <span className="mono quiet" title={hash}>
              {shortHash(hash)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The first digits of a hash, enough to tell it from its neighbours. */
export function shortHash(hash: string): string {
  return hash.replace(/^sha256:/, '').slice(0, 10);
}

import type { PinnedReference } from '@heddle/core';
import type { ReactElement } from 'react';
import styles from './publishing.module.css';

/** The kinds that need a grant or belong to the project, in list order. */
const grantedKinds: readonly (readonly [PinnedReference['kind'], string])[] = [
  ['model', 'Models'],
  ['connection', 'Connections'],
  ['collection', 'Collections'],
  ['tool', 'Tools'],
  ['workflow', 'Workflows'],
  ['policy', 'Routing policies'],
];

/** The resources that a version may use. Its runs cannot use any other collections, tools and secrets. */
export function Granted({
  references,
  secrets = [],
}: {
  readonly references: readonly PinnedReference[];
  readonly secrets?: readonly string[] | undefined;
}): ReactElement {
  const parts = [
    ...grantedKinds.map(
      ([kind, text]) => [text, references.filter((one) => one.kind === kind).map(({ id }) => id)] as const,
    ),
    ['Secrets', secrets] as const,
  ].filter(([, names]) => names.length > 0);
  if (parts.length === 0) return <p className="quiet">It uses no model, connection, collection, tool or secret.</p>;
  return (
    <dl className="facts">
      {parts.map(([text, names]) => (
        <div key={text}>
          <dt>{text}</dt>
          <dd className="mono">{names.join(', ')}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The references of a version, each with the hash of its content. */
export function References({ references }: { readonly references: readonly PinnedReference[] }): ReactElement | null {
  if (references.length === 0) return null;
  return (
    <details className="publish-more">
      <summary>Pinned by hash: {references.length === 1 ? '1 reference' : `${references.length} references`}</summary>
      <ul className={styles['references']}>
        {references.map(({ kind, id, hash }) => (
          <li key={`${kind} ${id}`}>
            <span className="quiet">{kind}</span> <span>{id}</span>{' '}
            <span className="mono quiet" data-tip={hash}>
              {shortHash(hash)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The first digits of a hash, enough to tell hashes apart. */
export function shortHash(hash: string): string {
  return hash.replace(/^sha256:/, '').slice(0, 10);
}

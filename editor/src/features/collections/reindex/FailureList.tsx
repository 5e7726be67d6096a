import type { ReindexFailure } from '@heddle/core';
import type { ReactElement } from 'react';
import { DocumentStates } from '../ingest/DocumentStates.js';
import styles from '../collections.module.css';

/** Documents that cannot be indexed, each with the reason. */
export function FailureList({
  failures,
  title,
}: {
  readonly failures: readonly ReindexFailure[];
  readonly title: string;
}): ReactElement | null {
  if (failures.length === 0) return null;
  return (
    <details className={styles['index-failures']}>
      <summary>{title}</summary>
      <DocumentStates name={title}>
        {failures.map(({ document, message }) => (
          <li key={document}>
            <bdi>{document}</bdi>
            <span className="field-error">{message}</span>
          </li>
        ))}
      </DocumentStates>
    </details>
  );
}

import type { ReactElement, ReactNode } from 'react';
import styles from '../collections.module.css';

/** A list of documents that can be scrolled with the keyboard. */
export function DocumentStates({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className={styles['ingest-scroll']} tabIndex={0} role="region" aria-label={name}>
      <ul className={styles['ingest-files']}>{children}</ul>
    </div>
  );
}

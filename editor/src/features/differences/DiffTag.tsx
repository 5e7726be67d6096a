import type { ReactElement } from 'react';
import type { DiffMark } from './diff-marks.js';
import styles from './differences.module.css';

const labels: Readonly<Record<DiffMark, string>> = {
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
  renamed: 'Renamed',
};

/** A tag that names how a node changed. */
export function DiffTag({ mark }: { readonly mark: DiffMark | undefined }): ReactElement | null {
  return mark === undefined ? null : (
    <span className={styles['diff-tag']} data-diff={mark}>
      {labels[mark]}
    </span>
  );
}

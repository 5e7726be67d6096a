import type { ReactElement } from 'react';
import type { DiffMark } from './diff-marks.js';

const labels: Readonly<Record<DiffMark, string>> = {
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
  renamed: 'Renamed',
};

/** The display name of a node's change. */
export function DiffTag({ mark }: { readonly mark: DiffMark | undefined }): ReactElement | null {
  return mark === undefined ? null : (
    <span className="diff-tag" data-diff={mark}>
      {labels[mark]}
    </span>
  );
}

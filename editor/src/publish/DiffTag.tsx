import type { ReactElement } from 'react';
import type { DiffMark } from './diff-marks.js';

const words: Readonly<Record<DiffMark, string>> = {
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
  renamed: 'Renamed',
};

/** What became of a node between two versions, in a word. */
export function DiffTag({ mark }: { readonly mark: DiffMark | undefined }): ReactElement | null {
  return mark === undefined ? null : (
    <span className="diff-tag" data-diff={mark}>
      {words[mark]}
    </span>
  );
}

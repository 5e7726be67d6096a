import type { LabelLevel } from '@heddle/core';
import type { ReactElement } from 'react';

/** A sensitivity label: its name, and the coloured band that cards and edges have. */
export function LabelMark({
  level,
  marks = [],
  title,
}: {
  readonly level: LabelLevel;
  readonly marks?: readonly string[];
  readonly title?: string;
}): ReactElement {
  return (
    <span className="label-mark aligned-inline" data-label={level} data-tip={title}>
      {level}
      {marks.map((mark) => (
        <span key={mark} className="label-mark-extra">
          {mark}
        </span>
      ))}
    </span>
  );
}

import type { LabelLevel } from '@heddle/core';
import type { ReactElement } from 'react';

/** A sensitivity level: its word, with the band that cards and threads show it by. */
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
    <span className="label-mark" data-label={level} title={title}>
      {level}
      {marks.map((mark) => (
        <span key={mark} className="label-mark-extra">
          {mark}
        </span>
      ))}
    </span>
  );
}

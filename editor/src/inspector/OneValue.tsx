import type { LabelledValue } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatBytes } from '../format/format-bytes.js';
import { ValueView } from './ValueView.js';

/** A value with its name, size and label. */
export function OneValue({ name, labelled }: { readonly name: string; readonly labelled: LabelledValue }): ReactElement {
  return (
    <div className="value">
      <h4>
        {name}
        <span className="quiet figure">
          {labelled.size === undefined ? '' : `${formatBytes(labelled.size)} · `}
          {labelled.label.level}
        </span>
      </h4>
      <ValueView labelled={labelled} />
    </div>
  );
}

import clsx from 'clsx';
import type { MergeConflict, MergeSide } from '@heddle/core';
import type { ReactElement } from 'react';
import { valueText, type ConflictText } from '../document/index.js';
import styles from './workflow.module.css';

const sides = [
  ['mine', 'Mine'],
  ['theirs', 'Theirs'],
] as const;

/** A conflict with the values of both sides, and the choice between them. */
export function ConflictRow({
  conflict,
  text: { kind, title, field },
  side,
  onChoose,
}: {
  readonly conflict: MergeConflict;
  readonly text: ConflictText;
  readonly side: MergeSide;
  readonly onChoose: (side: MergeSide) => void;
}): ReactElement {
  const name = field === '' ? title : `${title}, ${field}`;
  return (
    <li className={clsx(styles['conflict-row'], 'grid gap-6')} data-clash>
      <h3>
        <span className="quiet">{kind}</span> {title} {field === '' ? null : <span className="mono">{field}</span>}
      </h3>
      <div className={styles['conflict-sides']} role="radiogroup" aria-label={`Version of ${name}`}>
        {sides.map(([candidate, heading]) => (
          <label key={candidate} className={styles['conflict-side']} data-chosen={candidate === side || undefined}>
            <span className="strong-text">
              <input
                type="radio"
                name={conflict.path}
                checked={candidate === side}
                onChange={() => onChoose(candidate)}
              />{' '}
              {heading}
            </span>
            <span className={styles['conflict-value']}>{valueText(conflict[candidate])}</span>
          </label>
        ))}
      </div>
    </li>
  );
}

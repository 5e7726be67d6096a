import type { LabelLevel } from '@heddle/core';
import { memo, type ReactElement } from 'react';
import styles from './card.module.css';

export const labelMeaning: Readonly<Record<LabelLevel, string>> = {
  public: 'may go anywhere',
  internal: 'may go to the web, to connections and to callers, unless their clearance is lower',
  confidential: 'goes only where the clearance is confidential or more, such as a model on this machine',
  restricted: 'goes only where the clearance is restricted, such as a model on this machine',
};

/** The label of the data in view: a bar on the left border of the card, and its name on the upper border. Both have an explanation. */
export const CardLabel = memo(function CardLabel({ label }: { readonly label: LabelLevel }): ReactElement {
  const text = `Label of the data: ${label}. It ${labelMeaning[label]}.`;
  return (
    <>
      <span className={styles['card-bar']} data-label={label} data-tip={text} aria-hidden />
      <span className={styles['card-label']} data-label={label} data-tip={text}>
        <span className="visually-hidden">Label: </span>
        {label}
      </span>
    </>
  );
});

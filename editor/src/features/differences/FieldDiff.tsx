import type { FieldChange } from '@heddle/core';
import type { ReactElement } from 'react';
import { fieldName, fieldValue, isWordwise, shortenSame } from './field-text.js';
import styles from './differences.module.css';

/** Changed fields. Texts are compared word by word; other values are shown before and after. */
export function FieldDiff({ fields }: { readonly fields: readonly FieldChange[] }): ReactElement {
  return (
    <dl className={styles['diff-fields']}>
      {fields.map((field) => (
        <div key={field.path}>
          <dt className="mono">{fieldName(field.path)}</dt>
          <dd>{isWordwise(field) ? <WordChanges words={field.words ?? []} /> : <Sides field={field} />}</dd>
        </div>
      ))}
    </dl>
  );
}

function WordChanges({ words: changes }: { readonly words: NonNullable<FieldChange['words']> }): ReactElement {
  return (
    <p className={styles['diff-words']}>
      {changes.map(({ type, text }, index) =>
        type === 'same' ? (
          <span key={index}>{shortenSame(text, index === 0, index === changes.length - 1)}</span>
        ) : type === 'added' ? (
          <ins key={index}>{text}</ins>
        ) : (
          <del key={index}>{text}</del>
        ),
      )}
    </p>
  );
}

function Sides({ field: { before, after } }: { readonly field: FieldChange }): ReactElement {
  return (
    <p className={styles['diff-words']}>
      {before === undefined ? null : <del>{fieldValue(before)}</del>}{' '}
      {after === undefined ? <span className="quiet">not set</span> : <ins>{fieldValue(after)}</ins>}
    </p>
  );
}

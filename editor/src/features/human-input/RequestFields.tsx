import clsx from 'clsx';
import { isPlainObject, type Label } from '@heddle/core';
import type { ReactElement } from 'react';
import { LongText } from '../../ui/values/LongText.js';
import { ValueView } from '../../ui/values/ValueView.js';
import styles from './human-input.module.css';

/** An object with more members is shown as a tree. */
const mostFields = 12;

/** A value to judge. A small object is shown member by member, so that its texts can be read as text. */
export function RequestFields({ value, label }: { readonly value: unknown; readonly label: Label }): ReactElement {
  const fields = isPlainObject(value) ? Object.entries(value) : [];
  if (fields.length === 0 || fields.length > mostFields) return <ValueView value={{ value, label }} />;
  return (
    <dl className={clsx(styles['request-fields'], 'stack')}>
      {fields.map(([name, field]) => (
        <div key={name}>
          <dt className="quiet">{name}</dt>
          <dd>
            <Field value={field} label={label} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Field({ value, label }: { readonly value: unknown; readonly label: Label }): ReactElement {
  if (typeof value === 'string') return value === '' ? <p className="quiet">Empty</p> : <LongText text={value} />;
  if (typeof value === 'number' || typeof value === 'boolean') return <p>{String(value)}</p>;
  return <ValueView value={{ value, label }} />;
}

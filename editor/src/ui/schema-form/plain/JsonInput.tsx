import { useState, type ReactElement } from 'react';
import { CodeField } from '../../code/CodeField.js';
import type { FieldProps, InputShared } from '../field-props.js';

/** A value as JSON, saved as soon as it is valid. Empty means not set. */
export function JsonInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
}: FieldProps<'json'> & InputShared): ReactElement {
  const current = value === undefined ? field.standard : value;
  const [text, setText] = useState(current === undefined ? '' : JSON.stringify(current, undefined, 2));
  const isValid = readJson(text).ok;
  const change = (next: string): void => {
    setText(next);
    const read = readJson(next);
    if (read.ok) onChange(read.value);
  };
  return (
    <>
      <CodeField
        value={text}
        language="json"
        isReadOnly={isReadOnly}
        isInvalid={!isValid}
        labelledBy={`${id}-label`}
        describedBy={describedBy}
        placeholder={undefined}
        onChange={change}
      />
      {isValid ? null : (
        <p className="field-error">Not valid JSON yet: texts need quotes, and no comma follows the last entry.</p>
      )}
    </>
  );
}

type Read = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

function readJson(text: string): Read {
  if (text.trim() === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false };
  }
}

import type { ReactElement } from 'react';
import type { FieldProps, InputShared } from './field-props.js';

/** A choice of a few options. An unknown value is shown too, so that it does not change unnoticed. */
export function ChoiceInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'choice'> & InputShared): ReactElement {
  const current = value ?? field.standard;
  const shown = typeof current === 'string' ? current : '';
  const isKnown = field.options.some((option) => option.value === shown);
  return (
    <select
      id={id}
      value={shown}
      disabled={isReadOnly}
      aria-describedby={describedBy}
      aria-invalid={isInvalid}
      onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
    >
      {field.standard === undefined && !field.isRequired ? <option value="">Not set</option> : null}
      {isKnown || shown === '' ? null : <option value={shown}>{shown} (unknown)</option>}
      {field.options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

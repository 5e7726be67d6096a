import type { ReactElement } from 'react';
import type { FieldProps, InputShared } from './field-props.js';

export function BooleanInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
}: FieldProps<'boolean'> & InputShared): ReactElement {
  return (
    <input
      id={id}
      type="checkbox"
      className="switch"
      role="switch"
      checked={(value ?? field.standard) === true}
      disabled={isReadOnly}
      aria-describedby={describedBy}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}

import type { ReactElement } from 'react';
import type { FieldProps, InputShared } from './field-props.js';

/** A text field: one line, or several for a long text. */
export function TextInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'text'> & InputShared): ReactElement {
  const text = typeof value === 'string' ? value : '';
  const standard = typeof field.standard === 'string' ? field.standard : undefined;
  const shared = {
    id,
    value: text,
    maxLength: field.maxLength,
    readOnly: isReadOnly,
    spellCheck: field.widget === 'text',
    placeholder: value === undefined ? standard : undefined,
    'aria-describedby': describedBy,
    'aria-invalid': isInvalid,
  };
  if (field.isLong)
    return (
      <textarea
        {...shared}
        rows={Math.min(14, Math.max(3, (value === undefined ? (standard ?? '') : text).split('\n').length + 1))}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  return <input {...shared} autoComplete="off" onChange={(event) => onChange(event.target.value)} />;
}

import clsx from 'clsx';
import type { ReactElement } from 'react';
import type { FieldProps, InputShared } from './field-props.js';
import { useSuggestions } from './use-suggestions.js';

const monoWidgets = new Set(['template', 'code', 'expression', 'secret']);

/** A text: one line, several where it is long, with suggestions where it names something that Heddle knows. */
export function TextInput({ field, value, isReadOnly, onChange, id, describedBy, isInvalid }: FieldProps<'text'> & InputShared): ReactElement {
  const suggestions = useSuggestions(field.widget);
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
    className: clsx(monoWidgets.has(field.widget ?? '') && 'mono'),
  };
  if (field.isLong) return <textarea {...shared} rows={Math.min(14, Math.max(3, (value === undefined ? (standard ?? '') : text).split('\n').length + 1))} onChange={(event) => onChange(event.target.value)} />;
  return (
    <>
      <input {...shared} list={suggestions.length === 0 ? undefined : `${id}-list`} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
      {suggestions.length === 0 ? null : (
        <datalist id={`${id}-list`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion.value} value={suggestion.value}>
              {suggestion.note}
            </option>
          ))}
        </datalist>
      )}
    </>
  );
}

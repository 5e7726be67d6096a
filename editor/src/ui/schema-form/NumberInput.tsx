import { useState, type ReactElement } from 'react';
import type { FieldProps, InputShared } from './field-props.js';

/** A number, kept as typed until it is valid; empty means the default. */
export function NumberInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'number'> & InputShared): ReactElement {
  const written = textOf(value);
  const [typed, setTyped] = useState<string>();
  const shown = typed !== undefined && toValue(typed) === value ? typed : written;
  const isUnreadable = typed !== undefined && typed !== '' && toValue(typed) === undefined;
  return (
    <>
      <input
        id={id}
        inputMode={field.isWhole ? 'numeric' : 'decimal'}
        className="figure"
        value={isUnreadable ? typed : shown}
        readOnly={isReadOnly}
        placeholder={field.placeholder ?? textOf(field.standard)}
        aria-describedby={describedBy}
        aria-invalid={isInvalid || isUnreadable}
        onChange={(event) => {
          setTyped(event.target.value);
          const next = toValue(event.target.value);
          if (next !== undefined || event.target.value.trim() === '') onChange(next);
        }}
        onBlur={() => setTyped(undefined)}
      />
      {isUnreadable ? (
        <p className="field-error">
          Enter a number
          {field.least === undefined || field.most === undefined ? '' : ` from ${field.least} to ${field.most}`}.
        </p>
      ) : null}
    </>
  );
}

function toValue(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

/** A value that is not a number, entered by hand or by an older version, is shown as it is. */
function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

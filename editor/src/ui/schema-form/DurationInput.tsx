import { useState, type ReactElement } from 'react';
import { durationText, readDuration } from '../format/duration-field.js';
import type { FieldProps, InputShared } from './field-props.js';

/** A duration such as `30`, `1.5 s`, `5 min`. The document stores milliseconds; empty means the default. */
export function DurationInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'number'> & InputShared): ReactElement {
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: unknown }>();
  // Keeps the typed text while it means the stored value: undo shows the restored value.
  const text = typed !== undefined && typed.value === value ? typed.text : written(value);
  const isUnreadable = text.trim() !== '' && readDuration(text) === undefined;
  const standard = typeof field.standard === 'number' ? durationText(field.standard) : undefined;
  return (
    <>
      <input
        id={id}
        className="figure"
        value={text}
        readOnly={isReadOnly}
        placeholder={field.placeholder ?? standard}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={describedBy}
        aria-invalid={isInvalid || isUnreadable}
        onChange={(event) => {
          const next = readDuration(event.target.value);
          const isKnown = next !== undefined || event.target.value.trim() === '';
          setTyped({ text: event.target.value, value: isKnown ? next : value });
          if (isKnown) onChange(next);
        }}
        onBlur={() => setTyped((before) => (isUnreadable ? before : undefined))}
      />
      {isUnreadable ? <p className="field-error">Enter a duration such as 30 s, 1.5 s or 5 min.</p> : null}
    </>
  );
}

/** A value that is not a duration, entered by hand or by an older version, is shown as it is. */
function written(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? durationText(value) : JSON.stringify(value);
}

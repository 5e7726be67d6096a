import { useState, type ReactElement } from 'react';
import type { FieldProps, InputShared } from './field-props.js';

/** Anything, as JSON; taken over as soon as it can be read. Empty means not set. */
export function JsonInput({ field, value, isReadOnly, onChange, id, describedBy, isInvalid }: FieldProps<'json'> & InputShared): ReactElement {
  const written = value === undefined ? '' : JSON.stringify(value, undefined, 2);
  const [typed, setTyped] = useState<string>();
  const problem = typed === undefined ? undefined : problemOf(typed);
  return (
    <>
      <textarea
        id={id}
        className="mono"
        rows={Math.min(12, Math.max(3, (typed ?? written).split('\n').length))}
        value={typed ?? written}
        readOnly={isReadOnly}
        spellCheck={false}
        placeholder={field.standard === undefined ? undefined : JSON.stringify(field.standard)}
        aria-describedby={describedBy}
        aria-invalid={isInvalid || problem !== undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          if (event.target.value.trim() === '') onChange(undefined);
          else if (problemOf(event.target.value) === undefined) onChange(JSON.parse(event.target.value));
        }}
        onBlur={() => {
          if (problem === undefined) setTyped(undefined);
        }}
      />
      {problem === undefined ? null : <p className="field-error">{problem}</p>}
    </>
  );
}

function problemOf(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return 'Not valid JSON yet: texts need quotes, and no comma follows the last entry.';
  }
}

import { useId, type ReactElement } from 'react';
import type { AnswerField } from './answer-fields.js';

/** One field of an answer, by its kind. */
export function AnswerInput({
  field,
  value,
  error,
  onChange,
}: {
  readonly field: AnswerField;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const id = useId();
  const described = [field.help === undefined ? '' : `${id}-help`, error === undefined ? '' : `${id}-error`]
    .filter((part) => part !== '')
    .join(' ');
  const shared = {
    id,
    value,
    'aria-invalid': error !== undefined,
    'aria-describedby': described === '' ? undefined : described,
  };
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {field.title}
        {field.isRequired ? null : <span className="quiet"> optional</span>}
      </label>
      {field.kind === 'choice' || field.kind === 'boolean' ? (
        <select {...shared} onChange={(event) => onChange(event.target.value)}>
          {field.kind === 'choice' || !field.isRequired ? <option value="">Choose</option> : null}
          {field.kind === 'boolean' ? (
            <>
              <option value="true">Yes</option>
              <option value="false">No</option>
            </>
          ) : (
            field.choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))
          )}
        </select>
      ) : field.kind === 'long-text' || field.kind === 'json' ? (
        <textarea
          {...shared}
          rows={3}
          className={field.kind === 'json' ? 'mono' : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <input
          {...shared}
          inputMode={field.kind === 'number' ? 'decimal' : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {field.help === undefined ? null : (
        <p id={`${id}-help`} className="field-help">
          {field.help}
        </p>
      )}
      {error === undefined ? null : (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
